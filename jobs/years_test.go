package jobs_test

import (
	"context"
	"fmt"
	"math/big"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"prorata/exporters"
	"prorata/invoicing/money"
	"prorata/jobs"
)

// years is a biller whose files arrive at random on the nights of some years.
type years struct {
	*rand.Rand
	t      *testing.T
	asOf   money.Date
	files  map[string][]string // of tonight, by kind: rows
	orders []yearsOrder
	asked  []string // requests, for a Withdraw or a Reverse to name
	n      int      // orders, requests and exchanges so far
}

type yearsOrder struct {
	id, account string
	start       money.Date
	units       int
}

var yearsHeaders = map[string]string{
	"accounts":     "BillingAccountId,Name,BillingType,Currency,Country,TaxRate,CommitmentStart,CommitmentEnd,CardRef",
	"reservations": "ReservationOrderId,BillingAccountId,PurchaseDate,Term,BillingPlan,ProductType,Sku,Region,Quantity,Currency,Amount,Funding",
	"invoices":     "InvoiceNumber,BillingAccountId,IssueDate,Currency,LineNo,Description,ReservationOrderId,NetAmount,TaxRate,OpenAmount",
	"charges":      "BillingAccountId,Date,Currency,Amount,Description",
	"requests": "RequestId,RequestDate,Action,ExchangeId,ReservationOrderId,Quantity,RequestedBy,RequesterRole,Used,Reason,Withdraws,Term,BillingPlan," +
		"ProductType,Sku,Region,Currency,Amount",
}

func (y *years) row(kind, format string, args ...any) {
	y.files[kind] = append(y.files[kind], fmt.Sprintf(format, args...))
}

func (y *years) chance(percent int) bool { return y.IntN(100) < percent }

func (y *years) next(prefix string) string {
	y.n++
	return fmt.Sprintf("%s-%d", prefix, y.n)
}

// account is one of eight, two of each billing type.
func (y *years) account() (id string, kind int) {
	n := y.IntN(8)
	return fmt.Sprintf("A-%d", n), n % 4
}

func (y *years) accounts() {
	for n := range 8 {
		rest := []string{"EA,USD,SE,25,2018-01-01,2045-12-31,", "PAYG-Invoice,USD,SE,25,,,", "PAYG-Card,USD,SE,25,,,tok_1", "CSP,USD,SE,25,,,"}[n%4]
		y.row("accounts", "A-%d,Account %d,%s", n, n, rest)
	}
}

// buys is an order, with its invoice where one is due.
func (y *years) buys() {
	account, kind := y.account()
	o := yearsOrder{y.next("R"), account, y.asOf - money.Date(y.IntN(20)), 1 + y.IntN(6)}
	cents := 100 + y.IntN(900000)
	term, plan, funding := []string{"P1Y", "P3Y"}[y.IntN(2)], "Upfront", ""
	if y.chance(40) {
		plan, cents = "Monthly", cents/12+1
	}
	if kind == 0 {
		funding = []string{"Prepayment", "Overage"}[y.IntN(2)]
	}
	y.row("reservations", "%s,%s,%s,%s,%s,VirtualMachines,Standard_D%ds_v5,swedencentral,%d,USD,%d.%02d,%s", o.id, account, o.start, term, plan, 2+2*y.IntN(4),
		o.units, cents/100, cents%100, funding)
	if kind != 0 || funding == "Overage" {
		open := []string{"", "0", "12.50"}[y.IntN(3)]
		y.row("invoices", "F-%s,%s,%s,USD,1,Reservation,%s,%d.%02d,25,%s", o.id, account, o.start, o.id, cents/100, cents%100, open)
	}
	y.orders = append(y.orders, o)
}

// asks is a refund, an exchange, or that one of them is taken back.
func (y *years) asks() {
	if len(y.asked) > 0 && y.chance(20) {
		action := []string{"Reverse", "Withdraw"}[y.IntN(2)]
		y.row("requests", "%s,%s,%s,,,,anna,,,by mistake,%s,,,,,,,", y.next("V"), y.asOf, action, y.asked[len(y.asked)-1-y.IntN(min(6, len(y.asked)))])
		return
	}
	if len(y.orders) == 0 {
		return
	}
	o := y.orders[len(y.orders)-1-y.IntN(min(10, len(y.orders)))]
	on, units, id := max(o.start, y.asOf-money.Date(y.IntN(15))), 1+y.IntN(o.units), y.next("Q")
	y.asked = append(y.asked, id)
	if y.chance(70) {
		y.row("requests", "%s,%s,Refund,,%s,%d,anna,Owner,%s,,,,,,,,,", id, on, o.id, units, []string{"", "Yes", "No"}[y.IntN(3)])
		return
	}
	x, bought, cents := y.next("X"), y.next("N"), 20000+y.IntN(900000)
	y.row("requests", "%s,%s,Return,%s,%s,%d,anna,Owner,,,,,,,,,,", id, on, x, o.id, units)
	y.row("requests", "%s,%s,Purchase,%s,%s,2,anna,Owner,,,,P1Y,Upfront,VirtualMachines,Standard_E4s_v5,swedencentral,USD,%d.%02d", y.next("Q"), on, x, bought,
		cents/100, cents%100)
	if y.chance(40) { // where it is not approved, a request of it waits for good
		y.orders = append(y.orders, yearsOrder{bought, o.account, on, 2})
	}
}

// arrive writes what comes tonight, and returns the inbox.
func (y *years) arrive() string {
	y.files = map[string][]string{}
	if y.n == 0 {
		y.accounts()
	}
	for range 1 + y.IntN(2) {
		y.buys()
	}
	for range 1 + y.IntN(4) {
		y.asks()
	}
	for range y.IntN(2) {
		y.row("charges", "A-%d,%s,USD,%d.%02d,usage", 4*y.IntN(2), y.asOf-money.Date(y.IntN(100)), y.IntN(3000), y.IntN(100))
	}
	inbox := y.t.TempDir()
	for kind, rows := range y.files {
		text := yearsHeaders[kind] + "\n" + strings.Join(rows, "\n") + "\n"
		if err := os.WriteFile(filepath.Join(inbox, kind+".csv"), []byte(text), 0o644); err != nil {
			y.t.Fatal(err)
		}
	}
	return inbox
}

// TestYearsOnALedger: files arrive at random, night after night, on one ledger. Every
// night's proof holds (a run whose proof does not is not kept), no limit is passed,
// credits add up and nothing is refused; the same night again does nothing; and at the
// end verify does all nights again from the inputs kept. The same year of a dozen nights
// each time here; another ten years of some sixty each with -tags long.
func TestYearsOnALedger(t *testing.T) {
	span, step, seed := 1, 30, uint64(1)
	if long {
		span, step, seed = 10, 6, rand.Uint64()
	}
	t.Logf("seed %d", seed)
	out := t.TempDir()
	y := &years{Rand: rand.New(rand.NewPCG(seed, 1)), t: t, asOf: money.DateOf(2022, 1, 1)}
	nights, decided, reasons := 0, map[string]int{}, map[string]int{}
	for end := y.asOf.AddMonths(12 * span); y.asOf < end; y.asOf += money.Date(1 + y.IntN(2*step-1)) {
		r := jobs.Run{Inbox: y.arrive(), Out: out, Ledger: filepath.Join(out, "ledger.db"), AsOf: y.asOf, Policies: azure2020(t),
			Formats: exporters.CSV, Version: "test", Log: zerolog.Nop()}
		report, err := r.Do(context.Background())
		if err != nil {
			t.Fatalf("night %s: %v", y.asOf, err)
		}
		if report.Refused > 0 || report.Run > 0 && len(report.Proof) == 0 {
			t.Errorf("night %s: %d rows refused, %d lines of proof: %s", y.asOf, report.Refused, len(report.Proof), report.Folder)
		}
		for outcome, n := range report.Decided {
			decided[outcome] += n
		}
		for reason, n := range report.Reasons {
			reasons[reason] += n
		}
		if report.Run > 0 {
			checkYears(t, report.Folder, 0)
			nights++
		}
		if again, err := r.Do(context.Background()); err != nil || again.Run != 0 {
			t.Errorf("night %s again: run %d, %v", y.asOf, again.Run, err)
		}
	}
	t.Logf("%d nights, decided %v, for %v", nights, decided, reasons)
	if decided["Approved"] < nights/3 {
		t.Errorf("%v in %d nights prove little", decided, nights)
	}
	v, err := jobs.Verify(context.Background(), filepath.Join(out, "ledger.db"), out, "test", nil)
	if err != nil || len(v.Problems) > 0 {
		t.Errorf("verify: %v %v", v.Problems, err)
	}
}

// checkYears checks what a night's registers say of limits and credits. Uses of the limit
// that were brought in, so many USD, may come after the limit was used.
func checkYears(t *testing.T, folder string, brought int64) {
	t.Helper()
	amount := func(x row, column string) *big.Rat {
		v, ok := new(big.Rat).SetString(x[column])
		if !ok {
			t.Fatalf("%s: %s is %q", folder, column, x[column])
		}
		return v
	}
	for _, x := range registerRows(t, filepath.Join(folder, "limits.csv")) {
		if amount(x, "LeftUSD").Cmp(big.NewRat(-brought, 1)) < 0 || amount(x, "UsedUSD").Sign() < 0 {
			t.Errorf("%s: the limit of %s is passed: %v", folder, x["BillingAccountId"], x)
		}
	}
	for _, x := range registerRows(t, filepath.Join(folder, "credits.csv")) {
		rest := new(big.Rat).Sub(amount(x, "Amount"), amount(x, "Used"))
		rest.Sub(rest, amount(x, "Expired"))
		if rest.Cmp(amount(x, "Balance")) != 0 || rest.Sign() < 0 {
			t.Errorf("%s: the credit %s does not add up: %v", folder, x["CreditId"], x)
		}
	}
}
