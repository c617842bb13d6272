package invoicing

import "math/bits"

// Outcome is what became of a request line.
type Outcome uint8

// The outcomes.
const (
	Approved Outcome = iota + 1
	Rejected
	Held
	Withdrawn // taken back by a Withdraw before it was approved
)

// OutcomeCount is the number of an array that is indexed by outcomes.
const OutcomeCount = int(Withdrawn) + 1

// String is the name used in reports.
func (o Outcome) String() string {
	return [...]string{"", "Approved", "Rejected", "Held", "Withdrawn"}[o]
}

// Reason is why a request is not approved (Outcomes).
type Reason uint8

// The reasons, in the order of RULES.md: the holding ones, then the rejecting ones.
// RULES.md names none for a Withdraw or a Reverse, nor for what no one can have meant: those
// come last.
const (
	ReservationUnknown Reason = iota
	AccountUnknown
	OrderConflict
	PriceUnknown
	RateUnknown
	InvoiceUnknown
	CommitmentInactive
	CardChanged
	NotOwner // from here on rejecting
	NotRefundable
	GovernmentCloud
	BeforePurchase
	TermEnded
	QuantityExceeded
	ExchangeIncomplete
	AccountMismatch
	DateMismatch
	CurrencyMismatch
	TypeMismatch
	TooManyPurchases
	CommitmentTooLow
	LimitExceeded
	RequestUnknown  // no request with the id that it names was read, or its day has not come: it waits
	AlreadyDecided  // a Withdraw of what is approved, rejected or withdrawn
	NotApproved     // a Reverse of what is not an approved refund, exchange or transfer
	AlreadyReversed // by another Reverse
	InvoiceReplaced // a later request has replaced the invoice that it issued
	PurchaseChanged // what the exchange bought has been returned or exchanged since
	CreditUsed      // a credit that it granted is used or expired, or one has paid for what it bought
	MoneySent       // a card refund, a card charge or a payout was instructed
	VendorCredited  // the vendor's credit for it has come, or a person has accepted that it will not
	AmountTooLarge  // an amount of its accounts has too many digits to compute with: it waits
	TooManyLines    // the night's documents of its accounts have too many lines already: it waits
)

// ReasonCount is the number of an array that is indexed by reasons.
const ReasonCount = int(TooManyLines) + 1

// holding are the reasons that let a request wait.
const holding = Reasons(1<<NotOwner - 1 | 1<<RequestUnknown | 1<<AmountTooLarge | 1<<TooManyLines)

var reasonNames = [...]string{
	"ReservationUnknown", "AccountUnknown", "OrderConflict", "PriceUnknown", "RateUnknown", "InvoiceUnknown",
	"CommitmentInactive", "CardChanged", "NotOwner", "NotRefundable", "GovernmentCloud", "BeforePurchase", "TermEnded",
	"QuantityExceeded", "ExchangeIncomplete", "AccountMismatch", "DateMismatch", "CurrencyMismatch", "TypeMismatch",
	"TooManyPurchases", "CommitmentTooLow", "LimitExceeded", "RequestUnknown", "AlreadyDecided", "NotApproved", "AlreadyReversed",
	"InvoiceReplaced", "PurchaseChanged", "CreditUsed", "MoneySent", "VendorCredited", "AmountTooLarge", "TooManyLines",
}

// String is the name used in reports.
func (r Reason) String() string { return reasonNames[r] }

// Reasons is a set of reasons.
type Reasons uint64

// Add puts a reason into the set.
func (s *Reasons) Add(r Reason) { *s |= 1 << r }

// Has reports whether the set has a reason.
func (s Reasons) Has(r Reason) bool { return s&(1<<r) != 0 }

// Rejecting are those that reject: beside one, what would only let a request wait is no
// cause of its outcome.
func (s Reasons) Rejecting() Reasons { return s &^ holding }

// Outcome is Rejected with any rejecting reason, else Held with any, else Approved.
func (s Reasons) Outcome() Outcome {
	switch {
	case s.Rejecting() != 0:
		return Rejected
	case s != 0:
		return Held
	}
	return Approved
}

// List returns the reasons in the order of RULES.md.
func (s Reasons) List() []Reason {
	var out []Reason
	for ; s != 0; s &= s - 1 {
		out = append(out, Reason(bits.TrailingZeros64(uint64(s))))
	}
	return out
}

// Rule is the identifier of a rule of RULES.md.
type Rule uint8

// The rules that a decision or a document can cite.
const (
	POL2 Rule = iota
	PRO1
	PRO2
	PRO3
	PRO4
	PRO5
	PRO6
	PRO7
	PRO7Missing
	PRO8
	PRO9
	PRO10
	FEE1
	FEE2
	FEE3
	LIM1
	LIM2
	LIM3
	LIM4
	LIM5
	ELG1
	ELG2
	ELG3
	ELG4
	ELG5
	EXC1
	EXC2
	EXC3
	EXC4
	EXC5
	EXC6
	EXC7
	BILEA1
	BILEA2
	BILEA3
	BILINV1
	BILINV2
	BILINV3
	BILCARD1
	BILCSP1
	DOC4
	IMP1
	IMP10
)

var ruleNames = [...]string{
	"POL-2", "PRO-1", "PRO-2", "PRO-3", "PRO-4", "PRO-5", "PRO-6", "PRO-7", "PRO-7-missing", "PRO-8", "PRO-9", "PRO-10",
	"FEE-1", "FEE-2", "FEE-3", "LIM-1", "LIM-2", "LIM-3", "LIM-4", "LIM-5", "ELG-1", "ELG-2", "ELG-3", "ELG-4", "ELG-5",
	"EXC-1", "EXC-2", "EXC-3", "EXC-4", "EXC-5", "EXC-6", "EXC-7", "BIL-EA-1", "BIL-EA-2", "BIL-EA-3", "BIL-INV-1",
	"BIL-INV-2", "BIL-INV-3", "BIL-CARD-1", "BIL-CSP-1", "DOC-4", "IMP-1", "IMP-10",
}

// String is the rule's identifier: PRO-7.
func (r Rule) String() string { return ruleNames[r] }

// Rules is a set of rules.
type Rules uint64

// Cite makes a set.
func Cite(rules ...Rule) (s Rules) {
	s.Add(rules...)
	return s
}

// Add puts rules into the set.
func (s *Rules) Add(rules ...Rule) {
	for _, r := range rules {
		*s |= 1 << r
	}
}

// Has reports whether the set has a rule.
func (s Rules) Has(r Rule) bool { return s&(1<<r) != 0 }

// List returns the rules in the order of RULES.md.
func (s Rules) List() []Rule {
	var out []Rule
	for ; s != 0; s &= s - 1 {
		out = append(out, Rule(bits.TrailingZeros64(uint64(s))))
	}
	return out
}
