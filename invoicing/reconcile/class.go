package reconcile

import (
	"slices"
	"strings"
)

// Class is what became of an expected credit or a vendor row (REC-2).
type Class uint8

// The classes, in the order of REC-2; the zero value is none.
const (
	Matched Class = iota + 1
	AmountDifference
	MissingAtVendor
	NotYetDue
	UnexpectedAtVendor
	DuplicateAtVendor
	CurrencyMismatch
)

const classCount = int(CurrencyMismatch) + 1

// Classes lists every class.
var Classes = []Class{Matched, AmountDifference, MissingAtVendor, NotYetDue, UnexpectedAtVendor, DuplicateAtVendor, CurrencyMismatch}

var classNames = [classCount]string{
	"", "Matched", "AmountDifference", "MissingAtVendor", "NotYetDue", "UnexpectedAtVendor", "DuplicateAtVendor", "CurrencyMismatch",
}

// String is the name used in reports.
func (c Class) String() string { return classNames[c] }

// ParseClass reads the name of a class; ok is false where there is none such.
func ParseClass(name string) (c Class, ok bool) {
	i := slices.IndexFunc(classNames[:], func(n string) bool { return n != "" && strings.EqualFold(n, name) })
	return Class(max(i, 0)), i > 0
}

// Status is where a break stands (REC-3).
type Status uint8

// The statuses; the zero value is none.
const (
	Open     Status = iota + 1
	Resolved        // a later file explains it
	Accepted        // a person settled it (REC-4)
)

// String is the name used in reports.
func (s Status) String() string { return [...]string{"", "Open", "Resolved", "Accepted"}[s] }
