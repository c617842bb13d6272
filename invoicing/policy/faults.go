package policy

import (
	"errors"
	"fmt"
	"slices"

	"gopkg.in/yaml.v3"
)

// Error is one thing wrong in a policy file (POL-1).
type Error struct {
	File    string
	Line    int    // from 1
	Key     string // fee.rate, fee.rate.CSP or sources.url; empty for the file itself
	Problem string // what is wrong and what to do
}

// Error is "policy.yaml:12: fee.rte: unknown key; the nearest key is fee.rate".
func (e *Error) Error() string {
	if e.Key == "" {
		return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Problem)
	}
	return fmt.Sprintf("%s:%d: %s: %s", e.File, e.Line, e.Key, e.Problem)
}

// maxFaults bounds what is told at once: after that a person has enough to do.
const maxFaults = 20

// faults collects what is wrong in one file.
type faults struct {
	file string
	list []*Error
}

func (f *faults) add(n *yaml.Node, key, format string, args ...any) {
	f.list = append(f.list, &Error{f.file, max(n.Line, 1), cut(key), fmt.Sprintf(format, args...)})
}

// err joins the faults in the order of their lines; nil where there are none.
func (f *faults) err() error {
	slices.SortStableFunc(f.list, func(a, b *Error) int { return a.Line - b.Line })
	errs := make([]error, 0, len(f.list))
	for _, e := range f.list[:min(len(f.list), maxFaults)] {
		errs = append(errs, e)
	}
	if more := len(f.list) - maxFaults; more > 0 {
		errs = append(errs, fmt.Errorf("%s: and %d more", f.file, more))
	}
	return errors.Join(errs...)
}

// cut bounds a text of the file that goes into a message.
func cut(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "..."
	}
	return s
}
