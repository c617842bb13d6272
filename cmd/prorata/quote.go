package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"strings"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/jobs"
)

// quoteFlags are the flags of quote that make the question.
type quoteFlags struct {
	order, on, role, used, vendorUSD              string
	quantity                                      int
	product, sku, region, plan, term, amount, cur string
	forQuantity                                   int
}

func (q *quoteFlags) define(f *flag.FlagSet) {
	f.StringVar(&q.order, "order", "", "the `id` of the reservation order to return")
	f.IntVar(&q.quantity, "quantity", 0, "units to return; default all that are active")
	f.StringVar(&q.on, "on", "", "the request `date`, as 2026-11-22; default today, in the configured zone")
	f.StringVar(&q.role, "role", "Owner", "the `role` of who would ask; default Owner")
	f.StringVar(&q.used, "used", "", "whether it was used, yes or no; default not said, which counts as used")
	f.StringVar(&q.vendorUSD, "vendor-usd", "", "the vendor's own `amount` in USD, which then counts against the limit")
	f.StringVar(&q.sku, "for-sku", "", "an exchange: the `SKU` to buy instead; what is not said of the purchase is as the order has it")
	f.StringVar(&q.amount, "for-amount", "", "the purchase's price for all units, an `amount`: of the term, or of one instalment if monthly")
	f.StringVar(&q.plan, "for-plan", "", "the purchase's billing `plan`, Upfront or Monthly")
	f.StringVar(&q.term, "for-term", "", "the purchase's `term`, P1Y, P3Y or P5Y")
	f.IntVar(&q.forQuantity, "for-quantity", 0, "the purchase's units")
	f.StringVar(&q.cur, "for-currency", "", "the `currency` of the purchase's price")
	f.StringVar(&q.product, "for-product", "", "the purchase's product `type`")
	f.StringVar(&q.region, "for-region", "", "the purchase's `region`")
}

// question reads what the flags ask; what is wrong with them is a usageError.
func (q *quoteFlags) question(c *console, cfg *config) (ask jobs.Question, err error) {
	wrong := func(flag, value, expected string) (jobs.Question, error) {
		return ask, usageError{fmt.Sprintf("--%s: is %q; expected %s", flag, value, expected)}
	}
	ask = jobs.Question{Order: q.order, Quantity: q.quantity, Role: q.role}
	if ask.On, err = c.dateOr(q.on, "--on", cfg); err != nil {
		return ask, err
	}
	switch {
	case q.order == "":
		return ask, usageError{"name the reservation order: --order ID"}
	case q.quantity < 0:
		return wrong("quantity", fmt.Sprint(q.quantity), "1 or more units")
	case strings.EqualFold(q.used, "yes"):
		ask.Used = invoicing.UsedYes
	case strings.EqualFold(q.used, "no"):
		ask.Used = invoicing.UsedNo
	case q.used != "":
		return wrong("used", q.used, "yes or no")
	}
	if q.vendorUSD != "" {
		if ask.VendorUSD, err = money.Parse(q.vendorUSD, money.USD); err != nil || ask.VendorUSD.Sign() < 0 {
			return wrong("vendor-usd", q.vendorUSD, "an amount like 1200.00")
		}
	}
	ask.For, err = q.wish()
	return ask, err
}

// wish is what an exchange would buy; nil where no flag speaks of one.
func (q *quoteFlags) wish() (*jobs.Wish, error) {
	w := jobs.Wish{Product: q.product, Sku: q.sku, Region: q.region, Quantity: q.forQuantity}
	if q.amount == "" {
		if w != (jobs.Wish{}) || q.plan != "" || q.term != "" || q.cur != "" {
			return nil, usageError{"an exchange needs the price of what is bought: --for-amount"}
		}
		return nil, nil
	}
	var err error
	if w.Amount, err = money.ParseDecimal(q.amount); err != nil || w.Amount.Sign() <= 0 {
		return nil, usageError{fmt.Sprintf("--for-amount: is %q; expected an amount like 1200.00", q.amount)}
	}
	if q.forQuantity < 0 {
		return nil, usageError{"--for-quantity: expected 1 or more units"}
	}
	if q.cur != "" {
		if w.Currency, err = money.ParseCurrency(q.cur); err != nil {
			return nil, usageError{"--for-currency: " + err.Error()}
		}
	}
	terms := map[string]int{"": 0, "P1Y": 12, "P3Y": 36, "P5Y": 60, "12": 12, "36": 36, "60": 60}
	plans := map[string]invoicing.Plan{"": 0, "upfront": invoicing.Upfront, "monthly": invoicing.Monthly}
	var ok bool
	if w.Term, ok = terms[strings.ToUpper(q.term)]; !ok {
		return nil, usageError{fmt.Sprintf("--for-term: is %q; expected P1Y, P3Y or P5Y", q.term)}
	}
	if w.Plan, ok = plans[strings.ToLower(q.plan)]; !ok {
		return nil, usageError{fmt.Sprintf("--for-plan: is %q; expected Upfront or Monthly", q.plan)}
	}
	return &w, nil
}

// quote is the verb that tells what a refund or an exchange would give on a date,
// before anyone asks for it. Nothing is kept.
func quote(_ context.Context, c *console, args []string) error {
	f := flag.NewFlagSet("quote", flag.ContinueOnError)
	said := c.settings(f, "ledger", "policy")
	var asked quoteFlags
	asked.define(f)
	asJSON := f.Bool("json", false, "print it as JSON")
	cfg, err := said.alone(f, args)
	if err != nil {
		return err
	}
	ask, err := asked.question(c, cfg)
	if err != nil {
		return err
	}
	chain, err := cfg.chosenPolicies()
	if err != nil {
		return err
	}
	q, err := jobs.Quote(cfg.path("ledger"), chain, ask)
	switch {
	case err != nil:
		return err
	case *asJSON:
		return writeJSON(c, quotedForPrograms(q))
	}
	return writeQuote(c.stdout, q)
}

func writeQuote(w io.Writer, q *jobs.Quotation) error {
	d := q.Decision
	what := fmt.Sprintf("a refund of %s of %s", invoicing.Counted(d.Request.Quantity, "unit", "units"), q.Order.ID)
	if p := q.Purchase; p != nil {
		what = fmt.Sprintf("an exchange of %s of %s for %s of %s at %s", invoicing.Counted(d.Request.Quantity, "unit", "units"), q.Order.ID,
			invoicing.Counted(p.Request.Quantity, "unit", "units"), p.Request.New.Sku, p.Request.New.Amount)
	}
	fmt.Fprintf(w, "%s on %s would be %s\n", what, d.Request.Date, strings.ToLower(d.Outcome.String()))
	facts := columns{left: 2}
	facts.row("account", strings.TrimSpace(q.Account.ID+"  "+q.Account.Name+"  "+q.Account.Type.String()))
	facts.row("policy", d.PolicyID)
	if d.LimitMeasured.IsSet() && d.Request.Action == invoicing.Refund {
		facts.row("limit", fmt.Sprintf("%s left before, %s after", limitBefore(d), d.LimitRemaining))
	}
	if !d.CreditExpiresOn.IsZero() {
		facts.row("credit", fmt.Sprintf("usable through %s, if it is issued on %s", d.CreditExpiresOn, q.AsOf))
	}
	for i := range q.Settlement.Documents {
		x := &q.Settlement.Documents[i]
		if len(x.Requests) > 0 {
			facts.row("would issue", fmt.Sprintf("%s, gross %s%s", x.Type, x.Gross, leftOver(x)))
		}
	}
	if err := facts.write(w); err != nil {
		return err
	}
	steps := columns{left: 4}
	steps.row("rule", "what", "result", "how")
	for _, s := range d.Steps() {
		steps.row(s.Rule, s.What, s.Result, s.How)
	}
	if err := section(w, steps); err != nil {
		return err
	}
	t := columns{left: 3}
	t.row("asked on", "what changes", "would be", "prorated", "fee", "refund", "", "limit left")
	row := func(why string, d *invoicing.Decision) {
		t.row(d.Request.Date.String(), why, outcomeWithReasons(d), d.Prorated.Number(), d.Fee.Number(), d.Refund.Number(), d.Refund.Code(), d.LimitRemaining.Number())
	}
	row("", d)
	for i := range q.Waits {
		row(strings.Join(q.Waits[i].Why, "; "), &q.Waits[i].Decision)
	}
	return section(w, t)
}

// limitBefore is what is left of the limit without the request.
func limitBefore(d *invoicing.Decision) money.Money {
	if d.Outcome == invoicing.Approved {
		return d.LimitRemaining.Add(d.LimitMeasured)
	}
	return d.LimitRemaining
}

// leftOver tells where the money of a new invoice would go.
func leftOver(x *invoicing.Document) (says string) {
	for _, l := range x.Left {
		says += fmt.Sprintf("; %s to %s", l.Amount, l.To)
	}
	return says
}

func outcomeWithReasons(d *invoicing.Decision) string {
	return strings.TrimSuffix(strings.ToLower(d.Outcome.String())+": "+strings.Join(reasonNames(d.Reasons), ", "), ": ")
}

// quotedJSON is a quotation for programs.
type quotedJSON struct {
	Order    string           `json:"order"`
	Account  string           `json:"account"`
	Type     string           `json:"billing_type"`
	Now      quotedDay        `json:"now"`
	Policy   string           `json:"policy"`
	Expires  string           `json:"credit_expires_on,omitempty"`
	Steps    []invoicing.Step `json:"steps"`
	Would    []issuedJSON     `json:"would_issue"`
	Waiting  []quotedDay      `json:"waiting"`
	Lifetime money.Money      `json:"lifetime_commitment"`
	Canceled money.Money      `json:"canceled_commitment"`
}

type quotedDay struct {
	On       string      `json:"on"`
	Why      []string    `json:"changes,omitempty"`
	Units    int         `json:"units"`
	Outcome  string      `json:"outcome"`
	Reasons  []string    `json:"reasons"`
	Prorated money.Money `json:"prorated"`
	Fee      money.Money `json:"fee"`
	Refund   money.Money `json:"refund"`
	Measured money.Money `json:"limit_measured"`
	Left     money.Money `json:"limit_left"`
}

type issuedJSON struct {
	Type  string      `json:"type"`
	Gross money.Money `json:"gross"`
}

func quotedForPrograms(q *jobs.Quotation) quotedJSON {
	day := func(d *invoicing.Decision, why []string) quotedDay {
		return quotedDay{d.Request.Date.String(), why, d.Request.Quantity, d.Outcome.String(), reasonNames(d.Reasons), d.Prorated, d.Fee, d.Refund,
			d.LimitMeasured, d.LimitRemaining}
	}
	d := q.Decision
	out := quotedJSON{Order: q.Order.ID, Account: q.Account.ID, Type: q.Account.Type.String(), Now: day(d, nil), Policy: d.PolicyID,
		Expires: d.CreditExpiresOn.String(), Steps: d.Steps(), Would: []issuedJSON{}, Waiting: []quotedDay{}, Lifetime: d.Lifetime, Canceled: d.Canceled}
	for i := range q.Settlement.Documents {
		if x := &q.Settlement.Documents[i]; len(x.Requests) > 0 {
			out.Would = append(out.Would, issuedJSON{x.Type.String(), x.Gross})
		}
	}
	for i := range q.Waits {
		out.Waiting = append(out.Waiting, day(&q.Waits[i].Decision, q.Waits[i].Why))
	}
	return out
}
