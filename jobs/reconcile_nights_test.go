package jobs_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rs/zerolog"
	"github.com/shopspring/decimal"

	"prorata/exporters"
	"prorata/invoicing/money"
	"prorata/invoicing/reconcile"
	"prorata/jobs"
)

// months is a biller over many nights, made up at random, whose vendor credits as
// agreed, in parts, otherwise, twice, in another currency, early, late or never.
type months struct {
	*rand.Rand
	inbox    string
	asOf     money.Date
	orders   map[string]*soldOrder
	reverses map[string]string    // by the id of the Reverse, what it undoes
	undone   map[string]bool      // requests that are
	refunds  map[string]refund    // what is expected, by request
	vendor   map[string][]string  // rows so far of each export, which repeats them every night
	credited map[string]*sideSums // what the vendor's rows come to, by currency
	settled  map[string]*[2]sideSums
	matched  map[string]string // requests and vendor rows, and the match they are in
	closed   map[string]bool   // requests whose support request was closed
}

type soldOrder struct {
	account, currency string
	left              int
}

type refund struct {
	order  string
	amount decimal.Decimal
}

// sideSums are rows of one side of the proof, counted and added up.
type sideSums struct {
	n   int
	sum decimal.Decimal
}

func (s *sideSums) add(n int, amount decimal.Decimal) { s.n, s.sum = s.n+n, s.sum.Add(amount) }

const monthsOrders = 24

func (m *months) write(t *testing.T, name, header string, rows ...string) {
	t.Helper()
	if len(rows) == 0 {
		return
	}
	if err := os.WriteFile(filepath.Join(m.inbox, name), []byte(header+"\n"+strings.Join(rows, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
}

// sell writes the sheets that all nights rest on.
func (m *months) sell(t *testing.T) {
	var orders, invoices []string
	for i := range monthsOrders {
		o := &soldOrder{account: []string{"BP-1", "BP-2", "CSP-1"}[i%3], currency: []string{"SEK", "JPY", "USD"}[i%3], left: 3 + m.IntN(6)}
		id := fmt.Sprintf("RO-%02d", i)
		m.orders[id] = o
		amount := 300 * (1 + m.IntN(12)) // few amounts, so that rows coincide
		orders = append(orders, fmt.Sprintf("%s,%s,2026-01-%02d,P1Y,Upfront,VirtualMachines,Standard_D4s_v5,swedencentral,%d,%s,%d", id, o.account, 1+m.IntN(3), o.left, o.currency, amount))
		invoices = append(invoices, fmt.Sprintf("F-%02d,%s,2026-01-03,%s,1,Azure reservation,%s,%d,25,,S", i, o.account, o.currency, id, amount))
	}
	m.write(t, "accounts.csv", "BillingAccountId,Name,BillingType,Currency,Country,TaxRate,TaxCategory",
		"BP-1,Ångström AB,PAYG-Invoice,SEK,SE,25,S", "BP-2,Kitagawa,PAYG-Invoice,JPY,SE,25,S", "CSP-1,Sjöbloms Bygg AB,CSP,USD,SE,25,S")
	m.write(t, "orders.csv", "ReservationOrderId,BillingAccountId,PurchaseDate,Term,BillingPlan,ProductType,Sku,Region,Quantity,Currency,Amount", orders...)
	m.write(t, "invoices.csv", "InvoiceNumber,BillingAccountId,IssueDate,Currency,LineNo,Description,ReservationOrderId,NetAmount,TaxRate,TaxAmount,TaxCategory", invoices...)
	var rates []string
	for d := m.asOf + 200; d > m.asOf-70; d -= 5 {
		rates = append(rates, fmt.Sprintf("%s,1.1%03d,10.9%03d,165.00,", d, m.IntN(1000), m.IntN(1000)))
	}
	m.write(t, "rates.csv", "Date,USD,SEK,JPY,", rates...)
}

// ask writes the requests of a night: refunds, and now and then one that undoes another.
func (m *months) ask(t *testing.T, night int) {
	var rows []string
	for _, id := range m.ids() {
		o := m.orders[id]
		if o.left == 0 || m.IntN(4) > 0 {
			continue
		}
		q := 1 + m.IntN(o.left)
		o.left -= q
		rows = append(rows, fmt.Sprintf("R%02d-%s,%s,Refund,%s,%d,Åsa,%s,Yes,,", night, id, m.asOf-money.Date(m.IntN(4)), id, q, map[bool]string{true: "AdminAgent", false: "Owner"}[o.account == "CSP-1"]))
	}
	for i, id := range m.requests() {
		if m.IntN(25) == 0 && !m.undone[id] {
			v := fmt.Sprintf("V%02d-%d", night, i)
			m.reverses[v] = id
			rows = append(rows, fmt.Sprintf("%s,%s,Reverse,,,Eva,,,by mistake,%s", v, m.asOf, id))
		}
	}
	m.write(t, fmt.Sprintf("requests-%02d.csv", night), "RequestId,RequestDate,Action,ReservationOrderId,Quantity,RequestedBy,RequesterRole,Used,Reason,Withdraws", rows...)
}

func (m *months) ids() []string {
	var all []string
	for i := range monthsOrders {
		all = append(all, fmt.Sprintf("RO-%02d", i))
	}
	return all
}

// requests are those that a credit is expected for, in their order.
func (m *months) requests() []string {
	var all []string
	for id := range m.refunds {
		all = append(all, id)
	}
	slices.Sort(all)
	return all
}

// credit makes up what the vendor does tonight, and drops its exports, of which
// each has the rows of the nights before as well.
func (m *months) credit(t *testing.T, night int) {
	for _, id := range m.requests() {
		x := m.refunds[id]
		part := x.amount.Div(decimal.NewFromInt(3)).Round(m.digits(x.order))
		switch m.IntN(16) {
		case 0, 1:
			m.row(x.order, x.amount)
		case 2:
			m.row(x.order, part)
			m.row(x.order, x.amount.Sub(part))
		case 3:
			m.row(x.order, part)
		case 4:
			m.row(x.order, x.amount.Add(decimal.NewFromInt(int64(m.IntN(9)))))
		case 5:
			m.row(x.order, x.amount)
			m.row(x.order, x.amount)
		case 6:
			m.rowIn(x.order, m.orders[x.order].account, "EUR", x.amount)
		}
	}
	for _, id := range m.ids() {
		if m.IntN(60) == 0 {
			m.row(id, decimal.NewFromInt(int64(50+m.IntN(200))))
		}
	}
	m.row("RO-99", decimal.NewFromInt(int64(1+m.IntN(5)))) // of an order that nobody knows
	m.write(t, fmt.Sprintf("mca-%02d.csv", night), "Amount,ArmSkuName,BillingFrequency,BillingProfileId,BillingProfileName,Currency,Description,EventDate,EventType,Invoice,InvoiceId,InvoiceSectionId,InvoiceSectionName,PurchasingSubscriptionGuid,PurchasingSubscriptionName,Quantity,Region,ReservationOrderId,ReservationOrderName,Term", m.vendor["mca"]...)
	m.write(t, fmt.Sprintf("partner-%02d.csv", night), "CustomerId,InvoiceNumber,OrderDate,ChargeStartDate,ProductName,ChargeType,UnitPrice,Quantity,Subtotal,Currency,TermAndBillingCycle,BillingFrequency,PricingCurrency,PCToBCExchangeRate,PCToBCExchangeRateDate,ReservationOrderId", m.vendor["partner"]...)
}

func (m *months) digits(order string) int32 {
	if o := m.orders[order]; o != nil && o.currency == "JPY" {
		return 0
	}
	return 2
}

func (m *months) row(order string, amount decimal.Decimal) {
	o := m.orders[order]
	if o == nil {
		o = &soldOrder{account: "BP-1", currency: "SEK"}
	}
	m.rowIn(order, o.account, o.currency, amount)
}

func (m *months) rowIn(order, account, currency string, amount decimal.Decimal) {
	if amount.Sign() <= 0 {
		return
	}
	y, month, d := (m.asOf - money.Date(m.IntN(5))).Civil()
	date := fmt.Sprintf("%02d/%02d/%d", int(month), d, y)
	if account == "CSP-1" {
		m.vendor["partner"] = append(m.vendor["partner"], fmt.Sprintf("CSP-1,G%d,01/01/2026,%s,\"Reserved VM Instance, Standard_D4s_v5, SE Central, 1 Year\",Cancel,100.00,-1,-%s,%s,1 Year,OneTime,USD,1,%s,%s", m.asOf, date, amount, currency, date, order))
	} else {
		m.vendor["mca"] = append(m.vendor["mca"], fmt.Sprintf("-%s,Standard_D4s_v5,OneTime,%s,Ångström AB,%s,\"Reserved VM Instance, Standard_D4s_v5, SE Central, 1 Year\",%s,Refund,,,IS,Lab,9d1c,Mät,1,swedencentral,%s,VM_RI,P1Y", amount, account, currency, date, order))
	}
	if m.credited[currency] == nil {
		m.credited[currency] = &sideSums{}
	}
	m.credited[currency].add(1, amount)
}

// night runs one night and reads what it published.
func (m *months) night(t *testing.T, policies jobs.Run) map[string][]row {
	t.Helper()
	policies.Inbox, policies.AsOf = m.inbox, m.asOf
	report, err := policies.Do(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if report.Refused > 0 {
		t.Fatalf("%d rows are refused", report.Refused)
	}
	got := map[string][]row{}
	for _, register := range []string{"decisions", "reconciliation", "support-requests"} {
		got[register] = registerRows(t, filepath.Join(report.Folder, register+".csv"))
	}
	for _, d := range got["decisions"] {
		amount := number(d["RefundAmount"])
		switch {
		case d["Outcome"] != "Approved":
		case d["Action"] == "Reverse":
			m.undone[m.reverses[d["RequestId"]]] = true
			delete(m.refunds, m.reverses[d["RequestId"]])
		case amount.Sign() > 0:
			m.refunds[d["RequestId"]] = refund{d["ReservationOrderId"], amount}
		}
	}
	return got
}

func number(s string) decimal.Decimal {
	if s == "" {
		return decimal.Decimal{}
	}
	return decimal.RequireFromString(s)
}

// proven checks REC-3 by what was published alone: what was ever approved, less
// what was undone, and every row that the vendor ever wrote are what all nights
// have matched and persons accepted, and what is open tonight: by count and by sum.
func (m *months) proven(t *testing.T, lines []row) {
	t.Helper()
	all := map[string]*[2]sideSums{}
	of := func(in map[string]*[2]sideSums, currency string) *[2]sideSums {
		if in[currency] == nil {
			in[currency] = &[2]sideSums{}
		}
		return in[currency]
	}
	for _, l := range lines {
		to := all
		if l["Class"] == "Matched" || l["Status"] == "Accepted" {
			to = m.settled
		} else if l["Status"] == "Resolved" {
			continue
		}
		requests, rows := listed(l["Requests"]), listed(l["VendorRows"])
		sides := of(to, l["Currency"])
		sides[0].add(len(requests), number(l["Expected"]))
		sides[1].add(len(rows), number(l["Credited"]))
		for _, x := range append(requests, rows...) {
			if in := m.matched[x]; in != "" {
				t.Errorf("%s is in %s, and was matched or accepted in %s", x, l["Id"], in)
			}
			if l["Class"] == "Matched" || l["Status"] == "Accepted" {
				m.matched[x] = l["Id"]
			}
		}
	}
	for currency, sides := range m.settled {
		both := of(all, currency)
		both[0].add(sides[0].n, sides[0].sum)
		both[1].add(sides[1].n, sides[1].sum)
	}
	expected := map[string]*sideSums{}
	for _, x := range m.refunds {
		currency := m.orders[x.order].currency
		if expected[currency] == nil {
			expected[currency] = &sideSums{}
		}
		expected[currency].add(1, x.amount)
	}
	for currency, got := range all {
		for side, want := range [...]*sideSums{expected[currency], m.credited[currency]} {
			if want == nil {
				want = &sideSums{}
			}
			if got[side].n != want.n || !got[side].sum.Equal(want.sum) {
				t.Errorf("%s, side %d: the classes hold %d rows over %s, of %d over %s", currency, side, got[side].n, got[side].sum, want.n, want.sum)
			}
		}
	}
}

func listed(cell string) []string {
	if cell == "" {
		return nil
	}
	return strings.Split(cell, ";")
}

// asked checks OUT-9: open are the support requests of the partner's refunds whose
// break is; each is closed once, on the night of its match or its acceptance.
func (m *months) asked(t *testing.T, support, lines []row) {
	t.Helper()
	open, over := map[string]bool{}, map[string]bool{}
	for _, l := range lines {
		for _, r := range listed(l["Requests"]) {
			switch partner := l["BillingAccountId"] == "CSP-1"; {
			case partner && l["Status"] == "Open":
				open[r] = true
			case partner && l["Status"] != "Resolved":
				over[r] = true
			}
		}
	}
	told := 0
	for _, s := range support {
		if s["Status"] == "Open" {
			told++
			if !open[s["RequestId"]] {
				t.Errorf("the support request of %s is open, and its break is not", s["RequestId"])
			}
			continue
		}
		if m.closed[s["RequestId"]] || s["ClosedBy"] == "" {
			t.Errorf("the support request of %s was closed before, or by nothing: %v", s["RequestId"], s)
		}
		m.closed[s["RequestId"]] = true
		delete(over, s["RequestId"])
	}
	if len(over) > 0 {
		t.Errorf("matched or accepted, and the support request is not closed: %v", over)
	}
	if told != len(open) {
		t.Errorf("%d support requests are open, and %d breaks", told, len(open))
	}
	for r := range m.undone {
		if m.orders[r[4:]].account == "CSP-1" && !m.closed[r] {
			t.Errorf("%s is undone, and its support request was not closed", r)
		}
	}
}

// accept settles a few of the open breaks by two persons.
func (m *months) accept(t *testing.T, ledger string) {
	breaks, _, err := jobs.Breaks(ledger, jobs.BreakFilter{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range breaks {
		if m.IntN(20) > 0 || breaks[i].Class == reconcile.NotYetDue {
			continue
		}
		for _, by := range []string{"Eva", "Ulf"} {
			if _, err := jobs.AcceptBreak(context.Background(), ledger, breaks[i].ID, reconcile.Acceptance{By: by, Reason: "agreed", On: m.asOf}, -1); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// REC-3 on a ledger over many nights: nothing is dropped, by count and by sum, a
// match is never undone, and support requests go with their breaks.
func TestReconciledOverManyNights(t *testing.T) {
	seeds := []uint64{1}
	if long {
		seeds = []uint64{1, 2, 3, 4}
	}
	for _, seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			m := &months{Rand: rand.New(rand.NewPCG(seed, 6)), orders: map[string]*soldOrder{}, reverses: map[string]string{}, undone: map[string]bool{},
				refunds: map[string]refund{}, vendor: map[string][]string{}, credited: map[string]*sideSums{}, settled: map[string]*[2]sideSums{}, matched: map[string]string{}, closed: map[string]bool{}}
			dir := t.TempDir()
			run := jobs.Run{Out: filepath.Join(dir, "out"), Ledger: filepath.Join(dir, "ledger.db"), Policies: azure2020(t), Formats: exporters.CSV, Version: "test", Log: zerolog.Nop()}
			classes := map[string]int{}
			m.asOf = money.DateOf(2026, 3, 1)
			for night := range 12 {
				m.inbox = t.TempDir()
				if night == 0 {
					m.sell(t)
				}
				m.ask(t, night)
				m.credit(t, night)
				got := m.night(t, run)
				m.proven(t, got["reconciliation"])
				m.asked(t, got["support-requests"], got["reconciliation"])
				for _, l := range got["reconciliation"] {
					classes[l["Class"]+l["Status"]]++
				}
				if t.Failed() {
					t.Fatalf("on night %d, %s", night, m.asOf)
				}
				m.accept(t, run.Ledger)
				m.asOf += money.Date(3 + m.IntN(12))
			}
			t.Logf("%d refunds, %d undone, %d and %d rows of the vendor; lines: %v", len(m.refunds)+len(m.undone), len(m.undone), len(m.vendor["mca"]), len(m.vendor["partner"]), classes)
			if v, err := jobs.Verify(context.Background(), run.Ledger, run.Out, "test", nil); err != nil || len(v.Problems) > 0 {
				t.Errorf("verify: %v, %v", v, err)
			}
		})
	}
}
