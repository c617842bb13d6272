package invoicing_test

import (
	"cmp"
	"fmt"
	"math/bits"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/invoicing/policy"

	"pgregory.net/rapid"
)

// world is all that a biller hears of a few accounts, in the order of its
// nights: what is known stays known.
type world struct {
	chain  policy.Chain
	nights []night
	// multi says that all accounts are one group, as exchanges between them would make them.
	multi bool
}

// night is what one night's files bring.
type night struct {
	asOf      money.Date
	accounts  []invoicing.Account
	purchases []invoicing.Purchase
	invoices  []invoicing.Invoice
	charges   []invoicing.Charge
	prices    []invoicing.Price
	rates     []invoicing.Rate
	openings  []invoicing.Opening
	requests  []invoicing.Request
}

// azure2020 is the policy of POL-3 as RULES.md has it, made by hand.
func azure2020() *policy.Policy {
	p := &policy.Policy{ID: "azure-2020", SHA256: "by hand", ByType: map[policy.BillingType]*policy.Parameters{}}
	for _, bt := range policy.BillingTypes {
		p.ByType[bt] = &policy.Parameters{
			GraceDays: -1, FeeAfterDays: 5, LimitAmount: money.Must("50000.00 USD"), LimitWindowDays: 365,
			LimitMeasure: policy.CanceledCommitment, ExchangeMaxPurchases: 1, Roles: []string{"Owner"},
			NonRefundableProducts: []string{"Databricks", "VMwareCloudSimple", "RedHatOsa", "RedHat", "SuseLinux"},
			CreditValidityDays:    90,
		}
	}
	csp := p.ByType[policy.CSP]
	csp.GraceDays, csp.FeeRate, csp.LimitMeasure = 5, money.NewDecimal(12, 2), policy.RefundAmount
	csp.Roles = []string{"Owner", "AdminAgent", "GlobalAdmin", "HelpdeskAgent", "SalesAgent", "UserAdmin"}
	return p
}

// variants change one parameter each, so that every value of every parameter is met.
var variants = []func(p *policy.Parameters){
	func(p *policy.Parameters) { p.Rounding = money.HalfEven },
	func(p *policy.Parameters) { p.MissingCurrentPrice = policy.HoldRequest },
	func(p *policy.Parameters) { p.PriceBasis = policy.PurchasePrice },
	func(p *policy.Parameters) { p.LimitCurrentInstalment = true },
	func(p *policy.Parameters) { p.LimitMeasure = policy.RefundAmount },
	func(p *policy.Parameters) { p.LimitMeasure = policy.CanceledCommitment },
	func(p *policy.Parameters) { p.FeeRate, p.FeeBase = money.NewDecimal(5, 1), policy.FeeOnRemaining },
	func(p *policy.Parameters) { p.FeeRate = money.NewDecimal(12, 2) },
	func(p *policy.Parameters) { p.GraceDays, p.FeeAfterDays = 14, 0 },
	func(p *policy.Parameters) { p.ExchangeCurrentInstalment = true },
	func(p *policy.Parameters) { p.Overage = policy.PartialCreditNote },
	func(p *policy.Parameters) { p.GovernmentSelfService, p.CreditValidityDays = true, 1 },
}

var (
	worldCurrencies = []money.Currency{money.USD, money.SEK, money.MustCurrency("JPY"), money.MustCurrency("KWD"), money.EUR}
	worldPerUSD     = map[string]int64{"USD": 1000, "SEK": 10000, "JPY": 150000, "KWD": 300, "EUR": 900}  // thousandths
	worldRates      = map[string]int64{"USD": 10850, "SEK": 112345, "JPY": 1623500, "KWD": 3333}          // ten-thousandths for a euro
	worldTotals     = []int64{0, 1, 1200, 9000, 20000, 30000, 49999, 50000, 60000, 90000, 120000, 400000} // in USD
	worldOffsets    = []int{-400, -366, -365, -364, -30, -1, 0, 1, 30, 364, 365, 366, 400}
	worldProducts   = []string{"VirtualMachines", "SqlDatabases", "CosmosDb", "AppService", "Unknown", "SuseLinux", "Databricks"}
	worldRoles      = []string{"Owner", "Owner", "Owner", "Owner", "Owner", "Owner", "Owner", "Owner", "Owner", "Owner", "Owner", "AdminAgent", "UserAdmin", "Reader", ""}
	worldDates      = []string{"2024-02-29", "2020-02-29", "2023-08-31", "2024-01-31", "2025-02-28", "2023-12-31", "2024-03-01", "2025-05-30"}
)

// worldOrder is an order while its world is drawn.
type worldOrder struct {
	invoicing.Purchase
	known  int // the night
	total  int64
	billed money.Currency // of its invoice
}

// worldMaker draws a world part by part.
type worldMaker struct {
	*rapid.T
	w        world
	accounts []invoicing.Account
	orders   []worldOrder
	dates    []money.Date // of the requests so far
	seen     map[string]bool
	file     int
	calm     bool // few flaws, so that much is approved and limits fill up
	spread   bool // orders arrive over all nights, requests while they live, and charges now and then

	transferring bool // the exchange being drawn is a transfer
}

// drawWorld draws a world of refunds, and in one of two of exchanges and transfers too.
func drawWorld(t *rapid.T) world {
	m := &worldMaker{T: t, seen: map[string]bool{}}
	m.calm = m.oneIn(2, "calm")
	m.policies()
	m.w.multi = m.oneIn(2, "one group")
	asOf := m.date("first night")
	for range m.upTo(1, 4, "nights") {
		m.w.nights = append(m.w.nights, night{asOf: asOf})
		asOf += money.Date(pick(m, []int{0, 1, 7, 30, 89, 90, 200, 365}, "gap"))
	}
	for i := range m.upTo(1, 3, "accounts") {
		m.account(i)
	}
	for i := range m.upTo(1, 6, "orders") {
		m.order(i)
	}
	exchanges := m.oneIn(2, "exchanges")
	m.w.multi = m.w.multi || exchanges
	for i := range m.upTo(1, 24, "requests") {
		if exchanges && m.oneIn(2, "exchange") {
			m.exchange(i)
		} else {
			m.request(i)
		}
	}
	if m.oneIn(2, "with a past") {
		m.openings()
	}
	m.undone()
	m.shuffleIDs()
	return m.w
}

// upTo draws evenly: rapid's own integers keep to the ends of a range, and worlds
// made of them hardly ever approve anything. It shrinks to lo.
func (m *worldMaker) upTo(lo, hi int, label string) int {
	n := bits.Len(uint(hi-lo)) + 4
	v := 0
	for _, bit := range rapid.SliceOfN(rapid.Bool(), n, n).Draw(m.T, label) {
		v *= 2
		if bit {
			v++
		}
	}
	return lo + v%(hi-lo+1)
}

// oneIn is true once in n draws.
func (m *worldMaker) oneIn(n int, label string) bool { return m.upTo(1, n, label) == n }

// flaw is oneIn for what keeps requests from being approved.
func (m *worldMaker) flaw(n int, label string) bool { return !m.calm && m.oneIn(n, label) }

// pick draws one of several, evenly; it shrinks to the first.
func pick[T any](m *worldMaker, from []T, label string) T {
	return from[m.upTo(0, len(from)-1, label)]
}

// later is the first night mostly, else a later one, or one that never comes.
func (m *worldMaker) later(oneIn int, label string) int {
	if !m.flaw(oneIn, label) {
		return 0
	}
	return m.upTo(0, len(m.w.nights), label+" on")
}

// on returns the night, or one that is thrown away.
func (m *worldMaker) on(n int) *night {
	if n >= len(m.w.nights) {
		return &night{}
	}
	return &m.w.nights[n]
}

func (m *worldMaker) source() invoicing.Source {
	m.file++
	return invoicing.Source{File: m.file, Row: 2}
}

// date is a day with a difficult month, or any from 2022 through 2027.
func (m *worldMaker) date(label string) money.Date {
	if m.oneIn(3, label+" special") {
		d, err := money.ParseDate(pick(m, worldDates, label))
		if err != nil {
			panic(err)
		}
		return d
	}
	return money.DateOf(2022, 1, 1) + money.Date(m.upTo(0, 2190, label))
}

func (m *worldMaker) policies() {
	first := azure2020()
	m.w.chain = policy.Chain{{Policy: first}}
	if !m.oneIn(2, "policy varies") {
		return
	}
	second := azure2020()
	second.ID = "varied"
	for range m.upTo(1, 4, "changes") {
		change := pick(m, variants, "change")
		change(second.ByType[pick(m, policy.BillingTypes, "of")])
	}
	most := pick(m, []int{1, 0, 2}, "max purchases") // of all types: which counts where accounts differ is left open
	for _, bt := range policy.BillingTypes {
		second.ByType[bt].ExchangeMaxPurchases = most
	}
	if m.oneIn(2, "by date") {
		m.w.chain = append(m.w.chain, policy.Link{From: m.date("from"), Policy: second})
	} else {
		m.w.chain[0].Policy = second
	}
}

func (m *worldMaker) account(i int) {
	a := invoicing.Account{
		ID: fmt.Sprintf("A%d", i), Name: fmt.Sprintf("Account %d", i), Country: "SE",
		Type:     pick(m, []policy.BillingType{policy.EA, policy.PAYGInvoice, policy.CSP, policy.PAYGCard}, "type"),
		Currency: pick(m, worldCurrencies, "account currency"),
		TaxRate:  money.NewDecimal(25, 0), Source: m.source(),
	}
	if m.flaw(8, "government") {
		a.Cloud = invoicing.USGovernment
	}
	if m.oneIn(6, "payout") {
		a.RefundTo = invoicing.Payout
	}
	if a.Type == policy.PAYGCard && !m.flaw(8, "no card") {
		a.CardRef = "card-1"
	}
	if a.Type == policy.EA {
		start := m.w.nights[0].asOf - money.Date(m.upTo(200, 1500, "term start"))
		if m.calm {
			a.Terms = append(a.Terms, invoicing.CommitmentTerm{Start: start - 3000, End: start + 1000})
			start += 1001
		}
		for range m.upTo(1, 9, "terms") / 2 {
			end := start.AddMonths(pick(m, []int{36, 36, 12}, "term months")) - 1
			a.Terms = append(a.Terms, invoicing.CommitmentTerm{Start: start, End: end})
			start = end + 1 + money.Date(pick(m, []int{0, 0, 0, 1, 60}, "renewed after"))
		}
	}
	m.accounts = append(m.accounts, a)
	n := m.on(m.later(12, "account known"))
	n.accounts = append(n.accounts, a)
	if a.Type == policy.EA && m.oneIn(2, "charges") {
		m.charges(a)
	}
}

// charges draw on prepayment lots, if there are any.
func (m *worldMaker) charges(a invoicing.Account) {
	for i := range m.w.nights {
		n := &m.w.nights[i]
		if m.spread && !m.oneIn(1+len(m.w.nights)/60, "charged at all") {
			continue
		}
		for range m.upTo(1, 3, "charges of a night") {
			// Some on the first or last day of a lot's validity, some after its expiry was posted.
			on := m.w.nights[m.upTo(0, i, "of night")].asOf + money.Date(pick(m, []int{-20, 0, 0, 1, 30, 88, 89, 90}, "charged after"))
			n.charges = append(n.charges, invoicing.Charge{Account: a.ID, Date: min(on, n.asOf),
				Amount: m.amount(int64(m.upTo(0, 20000, "charge")), a.Currency), Description: "usage", Source: m.source()})
		}
	}
}

// amount is about so many USD in a currency, with odd minor units.
func (m *worldMaker) amount(usd int64, c money.Currency) money.Money {
	minor := usd * worldPerUSD[c.String()] / 1000
	for range c.Digits() {
		minor *= 10
	}
	return money.Minor(minor+int64(m.upTo(0, 99, "minor units")), c)
}

func (m *worldMaker) request(i int) {
	o := pick(m, m.orders, "order")
	arrives := m.upTo(0, len(m.w.nights)-1, "arrives")
	if o.Origin == invoicing.FromExchange || m.spread {
		arrives = m.living(o, arrives)
	}
	q := invoicing.Request{
		ID: fmt.Sprintf("%d", i), Action: invoicing.Refund, Order: o.Order, Date: m.requestDate(o, arrives),
		Quantity: m.upTo(1, max(1, o.Quantity/m.upTo(1, 4, "share")), "units"), RequestedBy: "anna@example.com",
		Role: "Owner", Source: m.source(),
		Used: pick(m, []invoicing.Used{0, invoicing.UsedYes, invoicing.UsedNo}, "used"),
	}
	if m.flaw(6, "role") {
		q.Role = pick(m, worldRoles, "role of")
	}
	if m.flaw(12, "too many") {
		q.Quantity += o.Quantity
	}
	if m.flaw(15, "never known") {
		q.Order = "R-nobody-knows"
	}
	if m.oneIn(5, "vendor's USD") {
		q.VendorUSD = money.Must(pick(m, []string{"0.00 USD", "0.01 USD", "10000.00 USD", "16666.67 USD", "25000.00 USD",
			"49999.99 USD", "50000.00 USD", "50000.01 USD"}, "USD"))
	}
	m.dates = append(m.dates, q.Date)
	m.rates(q.Date, o.Amount.Currency())
	n := m.on(arrives)
	n.requests = append(n.requests, q)
}

// living is a night on which an order is known, and in a spread world one of its term.
func (m *worldMaker) living(o worldOrder, arrives int) int {
	if !m.spread {
		return max(arrives, o.known)
	}
	last := o.known
	for last+1 < len(m.w.nights) && m.w.nights[last+1].asOf < o.Date.AddMonths(o.Term) {
		last++
	}
	return m.upTo(min(o.known, len(m.w.nights)-1), min(last, len(m.w.nights)-1), "arrives in its life")
}

// requestDate seeks the edges: of the term, of the grace, of a cycle, of a window.
func (m *worldMaker) requestDate(o worldOrder, arrives int) money.Date {
	start, end, asOf := o.Date, o.Date.AddMonths(o.Term), m.w.nights[arrives].asOf
	edge := money.Date(m.upTo(-1, 1, "edge"))
	switch m.upTo(0, 11, "kind of date") {
	case 0:
		return start + money.Date(m.upTo(-1, 8, "since"))
	case 1, 2:
		return start.AddMonths(m.upTo(0, o.Term, "cycle")) + edge
	case 3:
		return end + edge
	case 4, 5:
		if len(m.dates) > 0 {
			return pick(m, m.dates, "near") + money.Date(pick(m, worldOffsets, "by"))
		}
	case 6, 7:
		return start + money.Date(m.upTo(0, int(end-start), "in the term"))
	case 8:
		return asOf + money.Date(m.upTo(0, 40, "ahead"))
	}
	return asOf - money.Date(m.upTo(0, 60, "ago"))
}

// rates publishes what a request needs, or a little too little.
func (m *worldMaker) rates(d money.Date, c money.Currency) {
	if m.flaw(10, "no rates") {
		return
	}
	d -= money.Date(pick(m, []int{0, 0, 0, 0, 0, 1, 2, 6, 7, 8}, "published before"))
	for _, cur := range []money.Currency{money.USD, c} {
		key := fmt.Sprintf("rate %s %s", cur, d)
		if cur == money.EUR || m.seen[key] || m.flaw(12, "not available") {
			continue
		}
		m.seen[key] = true
		value := worldRates[cur.String()] + int64(m.upTo(0, 99, "rate"))
		n := m.on(m.later(10, "rate known"))
		n.rates = append(n.rates, invoicing.Rate{Date: d, Currency: cur, Value: money.NewDecimal(value, 4), Source: m.source()})
	}
}

// shuffleIDs gives the requests ids whose order says nothing of their arrival.
func (m *worldMaker) shuffleIDs() {
	var all []*invoicing.Request
	for i := range m.w.nights {
		for j := range m.w.nights[i].requests {
			all = append(all, &m.w.nights[i].requests[j])
		}
	}
	ids := map[string]string{}
	order := make([]int, len(all))
	for i := range order {
		order[i] = i
	}
	for i, n := range rapid.Permutation(order).Draw(m.T, "ids") {
		ids[all[i].ID] = fmt.Sprintf("Q%02d", n)
		all[i].ID = fmt.Sprintf("Q%02d", n)
	}
	for _, q := range all {
		if q.Withdraws != "" {
			q.Withdraws = cmp.Or(ids[q.Withdraws], "Q-nobody-sent")
		}
	}
}
