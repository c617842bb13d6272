package reconcile

import (
	"fmt"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// Support is what the vendor's support has to be asked for an expected credit
// (OUT-9), beside what the credit says itself.
type Support struct {
	Since       money.Date
	Exchange    string // empty for a refund
	NewProduct  string // of an exchange: 2 x Standard_D4s_v5, westeurope, P1Y, Monthly; several separated by "; "
	RequestedBy string // may be empty
	CardChanged bool   // asked because the money cannot go back to its card, not because a partner has to ask
}

// SupportRequest is a row of support-requests.csv (OUT-9).
type SupportRequest struct {
	Request     string
	Account     string
	Order       string
	Reservation string // may be empty
	Action      invoicing.Action
	Quantity    int
	Amount      money.Money // expected back; may be unset or 0
	Support
	ClosedOn money.Date // zero while it is open
	ClosedBy string     // the match, the break that a person accepted, what undid the request, or what became of it
	Source   invoicing.Source
}

// The fields of a support request about a refund or an exchange (OUT-9).
const (
	IssueType   = "Billing"
	ProblemType = "Reservation management"
	Category    = "Exchanges and refunds"
)

// Requested is the action in the vendor's words.
func (s *SupportRequest) Requested() string { return requestedAction(s.Action) }

func requestedAction(a invoicing.Action) string {
	switch a {
	case invoicing.Return:
		return "Exchange"
	case invoicing.TransferOut:
		return "Transfer"
	}
	return a.String()
}

// NewProducts describes what each exchange of a settlement buys, by ExchangeId.
func NewProducts(s *invoicing.Settlement) map[string]string {
	bought := map[string]string{}
	for i := range s.Decisions {
		switch r := &s.Decisions[i].Request; {
		case r.New == nil || r.Exchange == "":
		case bought[r.Exchange] == "":
			bought[r.Exchange] = newProduct(r.New)
		default:
			bought[r.Exchange] += "; " + newProduct(r.New)
		}
	}
	return bought
}

// SupportOf is what has to be asked for a decision of a settlement whose exchanges
// buy newProducts; nil where nothing has.
func SupportOf(d *invoicing.Decision, newProducts map[string]string) *Support {
	if d.SupportSince.IsZero() {
		return nil
	}
	r := &d.Request
	return &Support{Since: d.SupportSince, Exchange: r.Exchange, NewProduct: newProducts[r.Exchange], RequestedBy: r.RequestedBy,
		CardChanged: d.Type != policy.CSP || d.Outcome == invoicing.Held}
}

// newProduct describes what an exchange buys.
func newProduct(p *invoicing.Purchase) string {
	s := fmt.Sprintf("%d x %s", p.Quantity, p.Sku)
	if p.Region != "" {
		s += ", " + p.Region
	}
	return fmt.Sprintf("%s, P%dY, %s", s, p.Term/12, p.Plan)
}

// DecidedSupport are the support requests of a settlement that no credit is expected
// for: of what is held, brings nothing back, or was held and is refused or withdrawn
// now.
func DecidedSupport(s *invoicing.Settlement) (out []SupportRequest) {
	newProducts := NewProducts(s)
	for i := range s.Decisions {
		d := &s.Decisions[i]
		if d.Outcome == invoicing.Approved && d.Refund.Sign() > 0 {
			continue
		}
		asked := SupportOf(d, newProducts)
		if asked == nil {
			continue
		}
		r := &d.Request
		x := SupportRequest{Request: r.ID, Account: d.Account, Order: r.Order, Reservation: r.Reservation, Action: r.Action, Quantity: r.Quantity,
			Amount: d.Refund, Support: *asked, Source: r.Source}
		if d.Outcome == invoicing.Rejected || d.Outcome == invoicing.Withdrawn {
			x.ClosedOn, x.ClosedBy = s.AsOf, d.Outcome.String()
		}
		out = append(out, x)
	}
	return out
}

// support lists the support requests of a group; those that are over name what
// closed them.
func (g *Group) support(on money.Date, by string) (out []SupportRequest) {
	for i := range g.Expected {
		if e := &g.Expected[i]; e.Support != nil {
			out = append(out, SupportRequest{Request: e.Request, Account: e.Account, Order: e.Order, Reservation: e.Reservation, Action: e.Action,
				Quantity: e.Quantity, Amount: e.Amount, Support: *e.Support, ClosedOn: on, ClosedBy: by, Source: e.Source})
		}
	}
	return out
}

// support is that of a break: one that a match resolved is told by that match.
func (b *Break) support() []SupportRequest {
	switch b.end().What {
	case Resolution:
		return nil
	case Acceptation:
		return b.Group.support(b.Ended, b.ID+" "+b.EndedBy())
	}
	return b.Group.support(b.Ended, b.EndedBy())
}
