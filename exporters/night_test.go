package exporters

import (
	"iter"
	"strings"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
	"prorata/invoicing/reconcile"
)

// The hand-made night: 22 November 2026, run 2, with every shape that a field can
// have. Figures of decisions are those of RULES.md, worked examples 2 to 5.

func day(s string) money.Date {
	d, err := money.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func percent(s string) money.Decimal {
	d, err := money.ParseDecimal(s)
	if err != nil {
		panic(err)
	}
	return d
}

func reasons(rs ...invoicing.Reason) (set invoicing.Reasons) {
	for _, r := range rs {
		set.Add(r)
	}
	return set
}

func number(s string) invoicing.Ref { return invoicing.Ref{Number: s} }

func listed[T any](items ...T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, item := range items {
			if !yield(item, nil) {
				return
			}
		}
	}
}

const policyHash = "3f786850e387550fdab836ed7e6dc881de23001b3f786850e387550fdab836ed"

func theNight() Night {
	return Night{
		Run: 2, Folder: "2026-11-22-002", AsOf: day("2026-11-22"), Version: "1.2.3",
		PreviousManifest: strings.Repeat("ab", 32),
		Inputs: []Input{
			{Number: 1, Name: "konton.csv", Kinds: []string{"Accounts"}, SHA256: strings.Repeat("01", 32), Size: 812, Run: 1, Rows: 4, Kept: 4},
			{Number: 2, Name: "unused.csv", Kinds: []string{"Rates"}, SHA256: strings.Repeat("02", 32), Size: 9, Run: 1, Rows: 1, Kept: 1},
			{Number: 3, Name: "begäran, november.xlsx", Kinds: []string{"Requests", "Invoices"}, SHA256: strings.Repeat("03", 32), Size: 20480, Run: 2,
				Rows: 12, Kept: 7, Known: 2, Ignored: 1, Refused: 2},
			{Number: 4, Name: "begäran, november (2).xlsx", Kinds: []string{"Requests"}, SHA256: strings.Repeat("03", 32), Size: 20480, Run: 2, Again: true},
		},
		Policies: []PolicyUse{{ID: "azure-2020", SHA256: policyHash}, {ID: "azure-2023", SHA256: strings.Repeat("77", 32), From: day("2023-10-16")}},
		Proof: []ProofLine{
			{Line: "a", Currency: "SEK", Says: "prorated = refund + fee", Left: "894.98", Right: "894.98", Holds: true},
			{Line: "g", Says: "rows read = kept + known + ignored + refused", Left: "12", Right: "12", Holds: true},
		},
		Settlements: listed(settlementOfBP1(), settlementOfE1(), settlementOfNobody()),
		Standings: listed(
			standingOfA0(),
			standingOfBP1(),
		),
		Refusals: listed(
			&invoicing.Fault{Code: "NotADate", Source: invoicing.Source{File: 3, Sheet: "Requests", Row: 9}, Column: "Request Date",
				Value: "-1 november", Expected: "a date", Fix: "write it as 2026-11-22, please"},
			&invoicing.Fault{Code: "KindUnknown", Source: invoicing.Source{File: 3}, Expected: `a header; "Requests" came nearest`, Fix: "add\nthe column"},
		),
		Reconciliation: listed(
			&reconcile.Line{ID: "MAT-A", Class: reconcile.Matched, Account: "BP1", Order: "ord-1", Currency: money.EUR, Expected: money.Must("224.38 EUR"),
				Credited: money.Must("224.38 EUR"), Difference: money.Zero(money.EUR), ExpectedOn: day("2026-06-11"), CreditedOn: day("2026-06-20"),
				AgeDays: 19, Requests: []string{"R-1", "R-2"}, VendorRows: []invoicing.Source{{File: 3, Row: 2}, {File: 3, Row: 3}}},
			&reconcile.Line{ID: "BRK-A", Class: reconcile.AmountDifference, Status: reconcile.Accepted, Account: "BP1", Order: "ord-1", Currency: money.EUR,
				Expected: money.Must("10.00 EUR"), Credited: money.Must("9.00 EUR"), Difference: money.Must("-1.00 EUR"), ExpectedOn: day("2026-06-11"),
				CreditedOn: day("2026-06-20"), AgeDays: 30, Cause: "rounded down; accepted by Eva on 2026-11-21: <agreed>"},
			&reconcile.Line{ID: "BRK-B", Class: reconcile.MissingAtVendor, Status: reconcile.Open, Account: "=E1", Order: "ord-3", Currency: money.SEK,
				Expected: money.Must("894.98 SEK"), Difference: money.Must("-894.98 SEK"), ExpectedOn: day("2026-11-22"), AgeDays: 10, Cause: "none, yet",
				Requests: []string{"R-3"}, Support: []reconcile.SupportRequest{{Request: "R-3", Account: "=E1", Order: "ord-3", Reservation: "res-3",
					Action: invoicing.Return, Quantity: 2, Amount: money.Must("894.98 SEK"), Source: invoicing.Source{File: 3, Row: 2},
					Support: reconcile.Support{Since: day("2026-11-12"), Exchange: "X-3", NewProduct: "2 x Standard_D4s_v5, westeurope, P1Y, Monthly", RequestedBy: "@ann"}}}},
		),
	}
}

// settlementOfBP1: worked example 4, a partial refund by invoice, and an exchange
// whose lines are rejected.
func settlementOfBP1() *invoicing.Settlement {
	eur := money.EUR
	src := func(row int) invoicing.Source { return invoicing.Source{File: 3, Sheet: "Requests", Row: row} }
	register := invoicing.Source{File: 1, Row: 2}
	rate := percent("25")
	cite := invoicing.Cite
	line := func(kind invoicing.LineKind, q int, net string, tax money.Money, rules invoicing.Rules) invoicing.Line {
		return invoicing.Line{Kind: kind, Order: "ord-4", Description: "Reserved VM Instance, Standard_D2s_v3, West Europe", Quantity: q,
			Net: money.Must(net), TaxRate: rate, TaxCategory: "S", Tax: tax, Rules: rules, Sources: []invoicing.Source{register, src(2)}}
	}
	return &invoicing.Settlement{
		Group: "BP1", AsOf: day("2026-11-22"),
		Decisions: []invoicing.Decision{
			{
				Request: invoicing.Request{ID: "R-4", Date: day("2026-06-01"), Action: invoicing.Refund, Order: "ord-4", Quantity: 1, Source: src(2)},
				Account: "BP1", Type: policy.PAYGInvoice, Funding: invoicing.Overage, Outcome: invoicing.Approved, PolicyID: "azure-2020", PolicyHash: policyHash,
				OrderQuantity: 3, ActiveQuantity: 3, Start: day("2026-03-01"), End: day("2027-03-01"), Plan: invoicing.Upfront, TermMonths: 12,
				Basis: invoicing.CurrentBasis, Price: money.Must("900.00 EUR").Of(1, 3), PurchasePrice: money.Must("900.00 EUR").Of(1, 3), PeriodDays: 365, DaysUsed: 92, DaysRemaining: 273,
				Prorated: money.Must("224.38 EUR"), Fee: money.Zero(eur), Refund: money.Must("224.38 EUR"), Remaining: money.Zero(eur),
				Canceled: money.Must("224.38 EUR"), LimitMeasured: money.Must("250.10 USD"), LimitUsed: money.Must("0.00 USD"), LimitRemaining: money.Must("49749.90 USD"), MaxQuantity: -1,
				Documents: []invoicing.Ref{{New: 1}, {New: 2}}, Rules: cite(invoicing.POL2, invoicing.PRO3, invoicing.PRO7Missing, invoicing.LIM1),
				Sources: []invoicing.Source{src(2), register},
			},
			{
				Request: invoicing.Request{ID: "R-5", Date: day("2026-06-02"), Action: invoicing.Return, Exchange: "=X;@1", Order: "ord-5", Quantity: 2, Source: src(3)},
				Account: "BP1", Type: policy.PAYGInvoice, Outcome: invoicing.Rejected, Reasons: reasons(invoicing.NotOwner, invoicing.TooManyPurchases, invoicing.CommitmentTooLow),
				PolicyID: "azure-2020", Basis: invoicing.PurchaseBasis, Price: money.Must("10.005 EUR").Of(1, 1), PurchasePrice: money.Must("10.005 EUR").Of(1, 1), PeriodDays: 30, DaysUsed: 0, DaysRemaining: 30,
				Prorated: money.Must("10.01 EUR"), Fee: money.Zero(eur), Refund: money.Must("10.01 EUR"), Remaining: money.Must("110.06 EUR"),
				Canceled: money.Must("110.06 EUR"), Rules: cite(invoicing.EXC3), Sources: []invoicing.Source{src(3)},
			},
			{
				Request: invoicing.Request{ID: "R-6", Date: day("2026-06-02"), Action: invoicing.PurchaseNew, Exchange: "=X;@1", Quantity: 4, Source: src(4),
					New: &invoicing.Purchase{Order: "ord-6", Amount: money.Must("60.00 EUR")}},
				Account: "BP1", Type: policy.PAYGInvoice, Outcome: invoicing.Rejected, Reasons: reasons(invoicing.NotOwner, invoicing.TooManyPurchases, invoicing.CommitmentTooLow),
				PolicyID: "azure-2020", Rules: cite(invoicing.EXC3), Sources: []invoicing.Source{src(4)},
			},
		},
		Documents: []invoicing.Document{
			{
				Number: "CN-2026-000002", Type: invoicing.CreditNote, IssueDate: day("2026-11-22"), Account: "BP1", Currency: eur,
				Lines: []invoicing.Line{line(invoicing.ChargeLine, 3, "900.00 EUR", money.Must("225.00 EUR"), cite(invoicing.BILINV1, invoicing.DOC4))},
				Taxes: []invoicing.TaxGroup{{Rate: rate, Category: "S", Net: money.Must("900.00 EUR"), Tax: money.Must("225.00 EUR")}},
				Net:   money.Must("900.00 EUR"), Tax: money.Must("225.00 EUR"), Gross: money.Must("1125.00 EUR"),
				Cancels: []invoicing.Ref{number("F 2026/17")}, Requests: []string{"R-4"},
			},
			{
				Number: "INV-2026-000001", Type: invoicing.InvoiceDoc, IssueDate: day("2026-11-22"), Account: "BP1", Currency: eur,
				Lines: []invoicing.Line{
					line(invoicing.ChargeLine, 3, "900.00 EUR", money.Money{}, cite(invoicing.BILINV1)),
					line(invoicing.RefundLine, 1, "-224.38 EUR", money.Money{}, cite(invoicing.PRO3, invoicing.PRO8)),
				},
				Taxes: []invoicing.TaxGroup{{Rate: rate, Category: "S", Net: money.Must("675.62 EUR"), Tax: money.Must("168.91 EUR")}},
				Net:   money.Must("675.62 EUR"), Tax: money.Must("168.91 EUR"), Gross: money.Must("844.53 EUR"), Open: money.Must("0.53 EUR"), Owed: money.Must("1.00 EUR"), CardRef: "tok_1",
				Replaces: []invoicing.Ref{number("F 2026/17")}, Requests: []string{"R-4"},
				Left: []invoicing.LeftOver{{To: invoicing.ToOpenAmount, Amount: money.Must("0.47 EUR")}, {To: invoicing.ToHeldCredit, Amount: money.Must("280.00 EUR")},
					{To: invoicing.ToCard, Amount: money.Must("0.00 EUR"), Card: "tok_1"}},
			},
			{
				Number: "SET-2026-000001", Type: invoicing.SetOff, IssueDate: day("2026-11-22"), Account: "BP1", Currency: eur,
				Lines: []invoicing.Line{{Kind: invoicing.CreditAppliedLine, Description: "-20 % av kredit; =SUM(A1)", Net: money.Must("80.00 EUR"), TaxCategory: "O"}},
				Net:   money.Must("80.00 EUR"), Tax: money.Zero(eur), Gross: money.Must("80.00 EUR"), Credits: []invoicing.Ref{{New: 2}}, Credit: invoicing.Ref{New: 2},
			},
		},
	}
}

// settlementOfE1: worked example 3, a credit memo over a prepayment; a revision of
// an invoice of the register; a refund above the limit.
func settlementOfE1() *invoicing.Settlement {
	sek := money.SEK
	src := func(row int) invoicing.Source { return invoicing.Source{File: 3, Sheet: "Requests", Row: row} }
	return &invoicing.Settlement{
		Group: "E1", AsOf: day("2026-11-22"),
		Decisions: []invoicing.Decision{
			{
				Request: invoicing.Request{ID: "R-3", Date: day("2026-11-22"), Action: invoicing.Refund, Order: "ord-3", Quantity: 1, Source: src(5)},
				Account: "E1", Type: policy.EA, Funding: invoicing.Prepayment, Outcome: invoicing.Approved, PolicyID: "azure-2020",
				Basis: invoicing.PurchaseBasis, Price: money.Must("10000.00 SEK").Of(1, 1), PurchasePrice: money.Must("10000.00 SEK").Of(1, 1), PeriodDays: 1095, DaysUsed: 997, DaysRemaining: 98,
				Prorated: money.Must("894.98 SEK"), Fee: money.Zero(sek), Refund: money.Must("894.98 SEK"), Remaining: money.Zero(sek), Canceled: money.Must("894.98 SEK"),
				LimitMeasured: money.Must("93.11 USD"), LimitUsed: money.Must("0.00 USD"), LimitRemaining: money.Must("49906.89 USD"), MaxQuantity: -1, CreditExpiresOn: day("2027-02-19"),
				Documents: []invoicing.Ref{number("CN-2026-000003"), number("F 2026/18-R1")}, Rules: invoicing.Cite(invoicing.BILEA2), Sources: []invoicing.Source{src(5)},
			},
			{
				Request: invoicing.Request{ID: "R-7", Date: day("2026-11-22"), Action: invoicing.Refund, Order: "ord-7", Quantity: 90, Source: src(6)},
				Account: "E1", Type: policy.EA, Funding: invoicing.Overage, Outcome: invoicing.Rejected, Reasons: reasons(invoicing.LimitExceeded), PolicyID: "azure-2020",
				Basis: invoicing.PurchaseBasis, Price: money.Must("12000 JPY").Of(1, 1), PurchasePrice: money.Must("12000 JPY").Of(1, 1), PeriodDays: 31, DaysUsed: 31, DaysRemaining: 0,
				Prorated: money.Must("0 JPY"), FeeRate: percent("0.12"), Fee: money.Must("0 JPY"), Refund: money.Must("0 JPY"), Remaining: money.Must("132000 JPY"), Canceled: money.Must("132000 JPY"),
				LimitMeasured: money.Must("51000.00 USD"), LimitUsed: money.Must("93.11 USD"), LimitRemaining: money.Must("49906.89 USD"), LimitAvailableOn: day("2027-11-22"), MaxQuantity: 0,
				Rules: invoicing.Cite(invoicing.LIM3), Sources: []invoicing.Source{src(6)},
			},
		},
		Documents: []invoicing.Document{
			{
				Number: "CN-2026-000003", Type: invoicing.CreditMemo, IssueDate: day("2026-11-22"), Account: "E1", Currency: sek,
				Lines: []invoicing.Line{{Kind: invoicing.RefundLine, Order: "ord-3", Description: `Återbetalning "ord-3"`, Quantity: 1, Net: money.Must("894.98 SEK"), TaxCategory: "O",
					Rules: invoicing.Cite(invoicing.BILEA2), Sources: []invoicing.Source{src(5)}}},
				Net: money.Must("894.98 SEK"), Tax: money.Zero(sek), Gross: money.Must("894.98 SEK"), Requests: []string{"R-3"},
			},
			{
				Number: "F 2026/18-R1", Type: invoicing.InvoiceRevision, IssueDate: day("2026-11-22"), Account: "E1", Currency: sek,
				Lines: []invoicing.Line{{Kind: invoicing.BalanceForwardLine, Description: "Balance brought forward", Net: money.Must("-894.98 SEK")}},
				Net:   money.Zero(sek), Tax: money.Zero(sek), Gross: money.Zero(sek), Revises: []invoicing.Ref{number("F 2026/18")}, Requests: []string{"R-3", "R-8"},
			},
		},
	}
}

// settlementOfNobody: a request on an order that nobody knows is held, and next to
// nothing can be said of it.
func settlementOfNobody() *invoicing.Settlement {
	return &invoicing.Settlement{
		Group: "?ord-9", AsOf: day("2026-11-22"),
		Decisions: []invoicing.Decision{{
			Request: invoicing.Request{ID: "R-9", Date: day("2026-11-22"), Action: invoicing.Refund, Order: "ord-9", Quantity: 1, Source: invoicing.Source{File: 3, Sheet: "Requests", Row: 8}},
			Outcome: invoicing.Held, Reasons: reasons(invoicing.ReservationUnknown), PolicyID: "azure-2020", MaxQuantity: -1,
			Sources: []invoicing.Source{{File: 3, Sheet: "Requests", Row: 8}},
		}},
	}
}

// standingOfA0 is of an earlier run: one credit is used up and the uses are all
// freed, so that neither is shown again.
func standingOfA0() Standing {
	return Standing{Run: 1,
		Credits: []invoicing.Credit{
			{Kind: invoicing.HeldCreditKind, Account: "A0", Amount: money.Must("5.00 USD"), Used: money.Must("5.00 USD"), Expired: money.Zero(money.USD),
				GrantedOn: day("2025-11-01"), Document: number("INV-2025-000001")},
			{Kind: invoicing.HeldCreditKind, Account: "A0", Amount: money.Must("5.00 USD"), Used: money.Must("1.00 USD"), Expired: money.Zero(money.USD),
				GrantedOn: day("2025-11-02"), Document: number("INV-2025-000002")},
		},
		Limits: []invoicing.AccountLimit{{Account: "A0", Limit: money.Must("50000.00 USD"), WindowDays: 365,
			Uses: []invoicing.LimitUse{{Account: "A0", Date: day("2025-11-22"), USD: money.Must("100.00 USD"), Request: "R-0"}}}},
	}
}

func standingOfBP1() Standing {
	use := func(on, usd string) invoicing.LimitUse {
		return invoicing.LimitUse{Account: "BP1", Date: day(on), USD: money.Must(usd)}
	}
	return Standing{Run: 2,
		Credits: []invoicing.Credit{
			{Kind: invoicing.HeldCreditKind, Account: "BP1", Amount: money.Must("280.00 EUR"), Used: money.Must("280.00 EUR"), Expired: money.Zero(money.EUR),
				GrantedOn: day("2026-11-22"), Document: number("INV-2026-000001")},
			{Kind: invoicing.PrepaymentLot, Account: "E1", Amount: money.Must("894.98 SEK"), Used: money.Must("94.98 SEK"), Expired: money.Must("300.00 SEK"),
				GrantedOn: day("2026-11-22"), ExpiresOn: day("2027-02-19"), Document: number("CN-2026-000003")},
		},
		Limits: []invoicing.AccountLimit{
			{Account: "BP1", Limit: money.Must("50000.00 USD"), WindowDays: 365, Uses: []invoicing.LimitUse{
				use("2025-11-22", "1.00 USD"), use("2025-11-23", "2.00 USD"), use("2025-11-23", "3.50 USD"), use("2026-11-22", "250.10 USD"), use("2026-11-23", "9.00 USD")}},
			{Account: "BP2", Limit: money.Must("50000.00 USD"), WindowDays: 365},
		},
	}
}
