package ledger

import (
	"fmt"
	"strconv"
	"strings"

	"prorata/invoicing"
)

// conflict is how rows of one id that contradict each other are told to a person.
type conflict struct {
	code  string
	cells func(content string) ([]cell, error)
	fix   string
}

// cell is one cell of a row as a person would write it.
type cell struct{ column, text string }

var (
	requestConflict = conflict{"RequestConflict", requestCells,
		"a request keeps its content: send the change under a new RequestId, or remove the row"}
	accountConflict = conflict{"AccountConflict", accountCells,
		"keep one row for the account, or for an EA account one for each commitment term that differs in nothing else"}
	priceConflict = conflict{"PriceConflict", priceCells,
		"keep one price for the product from that day on"}
	rateConflict = conflict{"RateConflict", rateCells,
		"check the file against the published reference rates; the first rate of a day stands"}
	invoiceConflict = conflict{"InvoiceConflict", invoiceCells,
		"an invoice keeps its content but for OpenAmount: correct the row, give the line its own LineNo, or the invoice its own number"}
)

// faults is one fault for each cell in which a row differs from another one.
func (c conflict) faults(row, other keyedRow) ([]invoicing.Fault, error) {
	mine, err := c.cells(string(row.content))
	if err != nil {
		return nil, err
	}
	theirs, err := c.cells(string(other.content))
	if err != nil {
		return nil, err
	}
	var all []invoicing.Fault
	for n, m := range mine {
		if t := theirs[n].text; t != m.text {
			if t == "" {
				t = "nothing"
			}
			all = append(all, invoicing.Fault{
				Code: c.code, Column: m.column, Value: cut(m.text), Fix: c.fix,
				Expected: fmt.Sprintf("%s, as in %s", cut(t), other.src),
			})
		}
	}
	if all == nil {
		all = []invoicing.Fault{{Code: c.code, Fix: c.fix, Expected: "rows of one id that do not contradict each other"}}
	}
	return all, nil
}

func requestCells(content string) ([]cell, error) {
	r, err := decodeRequest(content)
	cells := []cell{
		{"RequestDate", r.Date.String()}, {"Action", r.Action.String()}, {"ExchangeId", r.Exchange},
		{"ReservationOrderId", r.Order}, {"ReservationId", r.Reservation}, {"Quantity", strconv.Itoa(r.Quantity)},
		{"RequestedBy", r.RequestedBy}, {"RequesterRole", r.Role}, {"Used", [...]string{"", "Yes", "No"}[min(r.Used, 2)]},
		{"Reason", r.Reason}, {"Withdraws", r.Withdraws}, {"VendorAmountUSD", r.VendorUSD.String()},
		{"CustomerAmount", r.CustomerAmount.String()},
	}
	p := r.New
	if p == nil {
		p = &invoicing.Purchase{}
	}
	return append(cells, purchaseCells(p)...), err
}

func purchaseCells(p *invoicing.Purchase) []cell {
	return []cell{
		{"BillingAccountId", p.Account}, {"PurchaseDate", p.Date.String()}, {"Term", number(p.Term)},
		{"BillingPlan", p.Plan.String()}, {"ProductType", p.Product}, {"Sku", p.Sku}, {"Region", p.Region},
		{"Description", p.Description}, {"Amount", p.Amount.String()}, {"Funding", p.Funding.String()}, {"Invoice", p.Invoice},
		{"CardRef", p.CardRef},
	}
}

// number is empty for 0, which a row that does not say it has.
func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func accountCells(content string) ([]cell, error) {
	a, err := decodeAccount(content)
	var starts, ends []string
	for _, t := range a.Terms {
		starts, ends = append(starts, t.Start.String()), append(ends, t.End.String())
	}
	return []cell{
		{"Name", a.Name}, {"BillingType", a.Type.String()}, {"Currency", a.Currency.String()}, {"Country", a.Country},
		{"Cloud", a.Cloud.String()}, {"TaxId", a.TaxID}, {"TaxRate", a.TaxRate.String()}, {"TaxCategory", a.TaxCategory},
		{"Address", a.Address}, {"City", a.City}, {"PostalCode", a.PostalCode}, {"Email", a.Email},
		{"CommitmentStart", strings.Join(starts, ";")}, {"CommitmentEnd", strings.Join(ends, ";")}, {"CardRef", a.CardRef},
		{"RefundTo", a.RefundTo.String()}, {"EndpointId", a.EndpointID}, {"BuyerReference", a.BuyerReference},
		{"Language", a.Language},
	}, err
}

func priceCells(content string) ([]cell, error) {
	p, err := decodePrice(content)
	return []cell{{"UnitPrice", p.UnitPrice.String()}, {"EffectiveTo", p.To.String()}}, err
}

func rateCells(content string) ([]cell, error) {
	r, err := decodeRate(content)
	return []cell{{r.Currency.String(), r.Value.String()}}, err
}

func invoiceCells(content string) ([]cell, error) {
	r, err := decodeRegisterRow(content)
	l := &r.Line
	return []cell{
		{"IssueDate", r.IssueDate.String()}, {"Currency", r.Currency.String()}, {"CardRef", r.CardRef},
		{"OpenAmount", r.Open.String()}, {"LineNo", strconv.Itoa(l.No)}, {"Description", l.Description},
		{"ReservationOrderId", l.Order}, {"NetAmount", l.Net.Number()}, {"TaxRate", l.TaxRate.String()},
		{"TaxAmount", l.Tax.Number()}, {"TaxCategory", l.TaxCategory},
	}, err
}

// invoiceHeadCells are those that all lines of an invoice agree on.
func invoiceHeadCells(content string) ([]cell, error) {
	cells, err := invoiceCells(content)
	return cells[:4], err
}
