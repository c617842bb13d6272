package invoicing

import "prorata/invoicing/money"

// The accounts of the books (DOC-5), each of every billing account, see Document.Book.
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

// Book is the full name of an account of the books: Receivable:BP1.
func (d *Document) Book(account string) string { return account + ":" + d.Account }

// Postings appends the double entry of a document (DOC-5): balanced, each side
// above zero, what is negative on the other side. A revision posts nothing.
func Postings(to []Posting, d *Document) []Posting {
	b := booking{document: d, postings: to}
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
		b.leftOver()
	case SetOff:
		b.post(HeldLiability, d.Gross)
		b.post(Receivable, d.Gross.Neg())
	case Expiry:
		b.post(PrepaymentLiability, d.Gross)
		b.post(ExpiredCredit, d.Gross.Neg())
	}
	return b.postings
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

// booking gathers the postings of one document.
type booking struct {
	document *Document
	postings []Posting
}

// post adds a debit, or where the amount is below zero a credit.
func (b *booking) post(account string, debit money.Money) {
	p := Posting{Account: account}
	switch debit.Sign() {
	case 0:
		return
	case 1:
		p.Debit = debit
	default:
		p.Credit = debit.Neg()
	}
	b.postings = append(b.postings, p)
}

// leftOver posts where the money goes that a new invoice leaves over.
func (b *booking) leftOver() {
	for _, l := range b.document.Left {
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
