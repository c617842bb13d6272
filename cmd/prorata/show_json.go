package main

import (
	"fmt"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/jobs"
)

// shownJSON is an order or an account for programs.
type shownJSON struct {
	Account   *accountJSON   `json:"account,omitempty"`
	Order     *orderJSON     `json:"order,omitempty"`
	Orders    []orderJSON    `json:"orders,omitempty"`
	Limit     *limitJSON     `json:"limit,omitempty"`
	Documents []documentJSON `json:"documents"`
	Credits   []creditJSON   `json:"credits"`
}

type accountJSON struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Type     string `json:"billing_type"`
	Currency string `json:"currency"`
}

type orderJSON struct {
	ID       string       `json:"id"`
	Account  string       `json:"account"`
	Product  string       `json:"product"`
	Sku      string       `json:"sku"`
	Region   string       `json:"region"`
	Start    string       `json:"start"`
	End      string       `json:"end"` // the first day that is no longer covered
	Plan     string       `json:"plan"`
	Units    int          `json:"units"`
	Returned int          `json:"returned"`
	Active   int          `json:"active"`
	Conflict bool         `json:"conflict,omitempty"`
	Charged  []chargeJSON `json:"charged"`
	Returns  []returnJSON `json:"returns,omitempty"`
}

type chargeJSON struct {
	On      string `json:"on"`
	Amount  string `json:"amount"`
	Invoice string `json:"invoice,omitempty"`
}

type returnJSON struct {
	Request   string      `json:"request"`
	Exchange  string      `json:"exchange,omitempty"`
	Action    string      `json:"action"`
	On        string      `json:"on"`
	Units     int         `json:"units"`
	Outcome   string      `json:"outcome"`
	Reversed  string      `json:"reversed_by,omitempty"`
	Reasons   []string    `json:"reasons"`
	Prorated  money.Money `json:"prorated"`
	Fee       money.Money `json:"fee"`
	Refund    money.Money `json:"refund"`
	Documents []string    `json:"documents"`
	Into      []orderJSON `json:"into,omitempty"`
}

type documentJSON struct {
	Number   string      `json:"number"`
	Type     string      `json:"type"`
	On       string      `json:"issued_on"`
	Net      money.Money `json:"net"`
	Tax      money.Money `json:"tax"`
	Gross    money.Money `json:"gross"`
	Requests []string    `json:"requests"`
}

func shownForPrograms(s *jobs.Shown, on money.Date) shownJSON {
	var out shownJSON
	var credits []invoicing.Credit
	if o := s.Order; o != nil {
		order := orderForPrograms(&o.OrderNode)
		out.Order, out.Account = &order, accountForPrograms(&o.Holder)
		out.Documents, credits = documentsForPrograms(o.Documents), o.Credits
	} else {
		a := s.Account
		out.Account, out.Documents, credits = accountForPrograms(&a.Account), documentsForPrograms(a.Documents), a.Credits
		out.Limit = &limitsForPrograms([]jobs.AccountStand{a.Limit}, on)[0]
		for i := range a.Orders {
			out.Orders = append(out.Orders, orderForPrograms(&a.Orders[i]))
		}
	}
	named := make([]jobs.AccountCredit, len(credits))
	for i, c := range credits {
		named[i] = jobs.AccountCredit{Name: out.Account.Name, Credit: c}
	}
	out.Credits = creditsForPrograms(named, on)
	return out
}

func accountForPrograms(a *invoicing.Account) *accountJSON {
	return &accountJSON{a.ID, a.Name, a.Type.String(), a.Currency.String()}
}

func orderForPrograms(n *jobs.OrderNode) orderJSON {
	out := orderJSON{ID: n.ID, Account: n.Account, Product: n.Product, Sku: n.Sku, Region: n.Region, Start: n.Start.String(), End: n.End.String(),
		Plan: n.Plan.String(), Units: n.Quantity, Returned: n.Returned, Active: n.Active(), Conflict: n.Conflict()}
	for _, c := range n.Charges {
		out.Charged = append(out.Charged, chargeJSON{c.Date.String(), c.Amount.String(), c.Invoice})
	}
	for i := range n.Returns {
		r := &n.Returns[i]
		j := returnJSON{Request: r.Request.ID, Exchange: r.Request.Exchange, Action: r.Request.Action.String(), On: r.Request.Date.String(),
			Units: r.Request.Quantity, Outcome: r.Outcome.String(), Reversed: r.ReversedBy, Reasons: reasonNames(r.Reasons), Prorated: r.Prorated, Fee: r.Fee, Refund: r.Refund,
			Documents: []string{}}
		for _, ref := range r.Documents {
			j.Documents = append(j.Documents, ref.Number)
		}
		for k := range r.Into {
			j.Into = append(j.Into, orderForPrograms(&r.Into[k]))
		}
		out.Returns = append(out.Returns, j)
	}
	return out
}

func documentsForPrograms(all []invoicing.Document) []documentJSON {
	out := []documentJSON{}
	for i := range all {
		d := &all[i]
		out = append(out, documentJSON{d.Number, d.Type.String(), d.IssueDate.String(), d.Net, d.Tax, d.Gross, d.Requests})
	}
	return out
}

// reasonNames lists reasons for programs and for people.
func reasonNames(all invoicing.Reasons) []string { return texts(all.List()) }

// texts is each as it is written, never nil.
func texts[T fmt.Stringer](all []T) []string {
	out := make([]string, 0, len(all))
	for _, x := range all {
		out = append(out, x.String())
	}
	return out
}
