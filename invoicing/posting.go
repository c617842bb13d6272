package invoicing

import "prorata/invoicing/money"

// The accounts of the books (DOC-5); each ends in the billing account's id.
const (
	Receivable          = "Receivable"
	Reservations        = "Revenue:Reservations"
	EarlyTermination    = "Revenue:EarlyTermination"
	ExpiredCredit       = "Revenue:ExpiredCredit"
	TaxLiability        = "Liability:Tax"
	PrepaymentLiability = "Liability:Prepayment"
	HeldLiability       = "Liability:HeldCredit"
	CardClearing        = "Clearing:Card"
	PayoutClearing      = "Clearing:Payout"
)

// Postings derives the double entry of a document (DOC-5): balanced, each side
// above zero, what is negative on the other side. A revision posts nothing.
func Postings(d *Document) []Posting {
	postings := make([]Posting, 0, 6)
	d.book(func(account string, debit money.Money) {
		p := Posting{Document: d.Number, Date: d.IssueDate, Account: account + ":" + d.Account, Text: d.Type.String()}
		if debit.Sign() > 0 {
			p.Debit = debit
		} else {
			p.Credit = debit.Neg()
		}
		postings = append(postings, p)
	})
	return postings
}

// book posts a document: for each side the account, without the billing account's
// id, and a debit or, where the amount is below zero, a credit.
func (d *Document) book(post func(account string, debit money.Money)) {
	b := booking(post)
	revenue, fees := d.revenue()
	switch d.Type {
	case CreditMemo:
		settle := Receivable
		if len(d.Credits) == 0 { // EA prepayment: nothing is credited but the commitment
			settle = PrepaymentLiability
		}
		b.post(Reservations, revenue)
		b.post(TaxLiability, d.Tax)
		b.post(EarlyTermination, fees)
		b.post(settle, d.Gross.Neg())
	case CommitmentCharge:
		b.post(PrepaymentLiability, d.Gross)
		b.post(Reservations, revenue.Neg())
		b.post(EarlyTermination, fees.Neg())
	case CreditNote:
		b.post(Reservations, revenue)
		b.post(EarlyTermination, fees)
		b.post(TaxLiability, d.Tax)
		b.post(Receivable, d.Gross.Neg())
	case InvoiceDoc:
		b.post(Receivable, d.Gross)
		b.post(Reservations, revenue.Neg())
		b.post(EarlyTermination, fees.Neg())
		b.post(TaxLiability, d.Tax.Neg())
		b.leftOver(d.Left)
	case SetOff:
		b.post(HeldLiability, d.Gross)
		b.post(Receivable, d.Gross.Neg())
	case Expiry:
		b.post(PrepaymentLiability, d.Gross)
		b.post(ExpiredCredit, d.Gross.Neg())
	}
}

// revenue sums the net of the document's lines: fees, and all others.
func (d *Document) revenue() (reservations, fees money.Money) {
	reservations, fees = money.Zero(d.Currency), money.Zero(d.Currency)
	for i := range d.Lines {
		switch l := &d.Lines[i]; l.Kind {
		case BalanceForwardLine:
		case FeeLine:
			fees = fees.Add(l.Net)
		default:
			reservations = reservations.Add(l.Net)
		}
	}
	return reservations, fees
}

// booking takes what is posted.
type booking func(account string, debit money.Money)

// post leaves out what is nothing.
func (b booking) post(account string, debit money.Money) {
	if !debit.IsZero() {
		b(account, debit)
	}
}

// leftOver posts where the money goes that a new invoice leaves over.
func (b booking) leftOver(left []LeftOver) {
	for _, l := range left {
		account := ""
		switch l.To {
		case ToOpenAmount: // nothing moves: less is to be paid
			continue
		case ToHeldCredit:
			account = HeldLiability
		case ToCard:
			account = CardClearing
		case ToPayout:
			account = PayoutClearing
		}
		b.post(Receivable, l.Amount)
		b.post(account, l.Amount.Neg())
	}
}
