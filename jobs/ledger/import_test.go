package ledger

import (
	"context"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"prorata/invoicing"
	"prorata/invoicing/money"
)

func sum(t tb, l *Ledger, run int) (c FileCounts) {
	t.Helper()
	for _, f := range must(l.Files(run))(t) {
		c = FileCounts{c.Rows + f.Counts.Rows, c.Kept + f.Counts.Kept, c.Known + f.Counts.Known, c.Ignored + f.Counts.Ignored, c.Refused + f.Counts.Refused}
	}
	return c
}

// codes are the codes and columns of what a run refused.
func codes(t tb, l *Ledger, run int) (out []string) {
	t.Helper()
	for _, f := range must(l.Refusals(run))(t) {
		out = append(out, f.Code+" "+f.Column)
	}
	return out
}

// TestRowsThatRepeat: a row of which k copies are in a file is on the books
// max-over-files(k) times (IMP-1).
func TestRowsThatRepeat(t *testing.T) {
	p := purchase("BP1", "o1", "2026-01-02", "10.00 USD")
	for _, c := range []struct {
		what         string
		first, after []file
		kept, known  int // of the second night
		onBooks      int
	}{
		{"the same file content again", []file{{p}}, []file{{p}}, 0, 1, 1},
		{"two copies in one file", nil, []file{{p, p}}, 2, 0, 2},
		{"one more copy", []file{{p}}, []file{{p, p}}, 1, 1, 2},
		{"fewer copies", []file{{p, p, p}}, []file{{p}}, 0, 1, 3},
		{"copies over files of one night", nil, []file{{p}, {p, p}, {p}}, 2, 2, 2},
		{"another description", []file{{p}}, []file{{purchase("BP1", "o1", "2026-01-02", "10.00 USD",
			func(p *invoicing.Purchase) { p.Description = "renamed" })}}, 0, 1, 1},
		{"another quantity", []file{{p}}, []file{{purchase("BP1", "o1", "2026-01-02", "10.00 USD",
			func(p *invoicing.Purchase) { p.Quantity = 2 })}}, 1, 0, 2},
		{"another teller", []file{{p}}, []file{{purchase("BP1", "o1", "2026-01-02", "10.00 USD",
			func(p *invoicing.Purchase) { p.Origin = invoicing.FromSheet })}}, 1, 0, 2},
	} {
		l := openTest(t)
		night(t, l, november, append(c.first, file{request("r", "o1", "2026-11-01")})...)
		settleAll(t, l, holdAll)
		night(t, l, november, c.after...)
		if got := sum(t, l, 2); got.Kept != c.kept || got.Known != c.known || !got.holds() {
			t.Errorf("%s: %+v", c.what, got)
		}
		if books := settleAll(t, l, holdAll); len(books) != 1 || len(books[0].Purchases) != c.onBooks {
			t.Errorf("%s: the books are %+v", c.what, books)
		}
	}
}

// TestEveryFieldOfASheetRowCounts: a row of a house sheet is known only if all of
// its content is; its place is not content.
func TestEveryFieldOfASheetRowCounts(t *testing.T) {
	base := func(p *invoicing.Purchase) { p.Origin = invoicing.FromSheet }
	changes := map[string]func(*invoicing.Purchase){
		"Reservation": func(p *invoicing.Purchase) { p.Reservation = "x" },
		"Term":        func(p *invoicing.Purchase) { p.Term = 36 },
		"Plan":        func(p *invoicing.Purchase) { p.Plan = invoicing.Monthly },
		"Product":     func(p *invoicing.Purchase) { p.Product = "x" },
		"Sku":         func(p *invoicing.Purchase) { p.Sku = "x" },
		"Region":      func(p *invoicing.Purchase) { p.Region = "x" },
		"Description": func(p *invoicing.Purchase) { p.Description = "x" },
		"Funding":     func(p *invoicing.Purchase) { p.Funding = invoicing.Overage },
		"Invoice":     func(p *invoicing.Purchase) { p.Invoice = "x" },
		"CardRef":     func(p *invoicing.Purchase) { p.CardRef = "x" },
		"Account":     func(p *invoicing.Purchase) { p.Account = "x" },
		"Order":       func(p *invoicing.Purchase) { p.Order = "x" },
		"Date":        func(p *invoicing.Purchase) { p.Date++ },
		"Quantity":    func(p *invoicing.Purchase) { p.Quantity++ },
		"Amount":      func(p *invoicing.Purchase) { p.Amount = money.Must("10.00 SEK") },
		"Origin":      func(p *invoicing.Purchase) { p.Origin = invoicing.FromPartner },
	}
	for _, f := range reflect.VisibleFields(reflect.TypeFor[invoicing.Purchase]()) {
		if changes[f.Name] == nil && f.Name != "Source" && f.Name != "Run" && f.Name != "Pricing" { // no house sheet has the vendor's pricing
			t.Errorf("field %s is not looked at: is it part of what makes a row the same?", f.Name)
		}
	}
	for name, change := range changes {
		l := openTest(t)
		p := func(more ...func(*invoicing.Purchase)) row {
			return purchase("BP1", "o1", "2026-01-02", "10.00 USD", append([]func(*invoicing.Purchase){base}, more...)...)
		}
		night(t, l, november, file{p()}, file{request("x", "y", "2026-01-01"), p()}, file{p(change)})
		if got := sum(t, l, 1); got.Kept != 3 || got.Known != 1 {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// TestConflicts: rows of one id that contradict each other (IMP-9, IMP-10).
func TestConflicts(t *testing.T) {
	usage := func(r *invoicing.Request) { r.Used = invoicing.UsedNo }
	dear := func(r *invoicing.RegisterRow) { r.Line.TaxCategory = "E" }
	later := func(r *invoicing.RegisterRow) { r.IssueDate++ }
	for _, c := range []struct {
		what          string
		first, second []file
		kept, known   int // of the second night
		refused       []string
	}{
		{"a request again", []file{{request("r", "o", "2026-11-01")}}, []file{{request("r", "o", "2026-11-01")}}, 0, 1, nil},
		{"a request with other content", []file{{request("r", "o", "2026-11-01")}}, []file{{request("r", "o", "2026-11-02", usage)}},
			0, 0, []string{"RequestConflict RequestDate", "RequestConflict Used"}},
		{"a request twice in a night", nil, []file{{request("r", "o", "2026-11-01")}, {request("r", "o", "2026-11-01")}}, 1, 1, nil},
		{"two requests of one id in a night", nil, []file{{request("r", "o", "2026-11-01")}, {request("r", "p", "2026-11-01")}},
			0, 0, []string{"RequestConflict ReservationOrderId", "RequestConflict ReservationOrderId"}},
		{"an account again", []file{{account("E1", "one")}}, []file{{account("E1", "one")}}, 0, 1, nil},
		{"an account anew", []file{{account("E1", "one")}}, []file{{account("E1", "two")}}, 1, 0, nil},
		{"an account with its terms", nil,
			[]file{{account("E1", "one", term("2025-01-01", "2025-12-31")), account("E1", "one", term("2026-01-01", "2026-12-31"))}}, 2, 0, nil},
		{"an account with a term that is known", []file{{account("E1", "one", term("2025-01-01", "2025-12-31"))}},
			[]file{{account("E1", "one", term("2025-01-01", "2025-12-31")), account("E1", "one", term("2026-01-01", "2026-12-31"))}}, 1, 1, nil},
		{"an account with two terms from one day", nil,
			[]file{{account("E1", "one", term("2025-01-01", "2025-12-31"))}, {account("E1", "one", term("2025-01-01", "2026-12-31"))}},
			0, 0, []string{"AccountConflict CommitmentEnd", "AccountConflict CommitmentEnd"}},
		{"an account with two names", []file{{account("E1", "old")}}, []file{{account("E1", "one")}, {account("E1", "two"), account("E2", "x")}},
			1, 0, []string{"AccountConflict Name", "AccountConflict Name"}},
		{"a price anew", []file{{price("s", "2026-01-01", "1 USD")}}, []file{{price("s", "2026-01-01", "2 USD")}}, 1, 0, nil},
		{"two prices from one day", nil, []file{{price("s", "2026-01-01", "1 USD"), price("s", "2026-01-01", "2 USD")}},
			0, 0, []string{"PriceConflict UnitPrice", "PriceConflict UnitPrice"}},
		{"a rate again", []file{{rate("2026-01-02", "1.1")}}, []file{{rate("2026-01-02", "1.1")}}, 0, 1, nil},
		{"a rate changed", []file{{rate("2026-01-02", "1.1")}}, []file{{rate("2026-01-02", "1.2")}}, 0, 0, []string{"RateConflict USD"}},
		{"an invoice again", []file{{invoiceLine("A", "1", 1, "5 USD", open("5 USD"))}}, []file{{invoiceLine("A", "1", 1, "5 USD", open("5 USD"))}}, 0, 1, nil},
		{"an invoice that is silent on what is open", []file{{invoiceLine("A", "1", 1, "5 USD", open("5 USD"))}}, []file{{invoiceLine("A", "1", 1, "5 USD")}}, 0, 1, nil},
		{"an invoice paid in part", []file{{invoiceLine("A", "1", 1, "5 USD", open("5 USD"))}}, []file{{invoiceLine("A", "1", 1, "5 USD", open("2 USD"))}}, 1, 0, nil},
		{"an invoice with two open amounts", nil, []file{{invoiceLine("A", "1", 1, "5 USD", open("5 USD")), invoiceLine("A", "1", 2, "5 USD", open("2 USD"))}},
			0, 0, []string{"InvoiceConflict OpenAmount", "InvoiceConflict OpenAmount"}},
		{"a line changed", []file{{invoiceLine("A", "1", 1, "5 USD")}}, []file{{invoiceLine("A", "1", 1, "5 USD", dear)}}, 0, 0, []string{"InvoiceConflict TaxCategory"}},
		{"a line more", []file{{invoiceLine("A", "1", 1, "5 USD")}}, []file{{invoiceLine("A", "1", 2, "6 USD")}}, 1, 0, nil},
		{"a line more of another day", []file{{invoiceLine("A", "1", 1, "5 USD")}}, []file{{invoiceLine("A", "1", 2, "5 USD", later)}},
			0, 0, []string{"InvoiceConflict IssueDate"}},
		{"half an invoice is none", nil, []file{{invoiceLine("A", "1", 1, "5 USD"), invoiceLine("A", "1", 2, "5 USD")}, {invoiceLine("A", "1", 2, "5 USD", dear)}},
			0, 0, []string{"InvoiceConflict ", "InvoiceConflict TaxCategory", "InvoiceConflict TaxCategory"}},
		{"a charge again", []file{{charge("E", "2026-01-01", "1 USD")}}, []file{{charge("E", "2026-01-01", "1 USD"), charge("E", "2026-01-01", "2 USD")}}, 1, 1, nil},
		{"an id that is none", nil, []file{{request("r\x00", "o", "2026-11-01"), purchase(strings.Repeat("x", 600), "o", "2026-11-01", "1 USD")}},
			0, 0, []string{"BadIdentifier ", "BadIdentifier "}},
	} {
		l := openTest(t)
		night(t, l, november, c.first...)
		settleAll(t, l, holdAll)
		night(t, l, november, c.second...)
		got := sum(t, l, 2)
		if !got.holds() || got.Kept != c.kept || got.Known != c.known || got.Rows != c.kept+c.known+got.Refused {
			t.Errorf("%s: %+v", c.what, got)
		}
		if faults := codes(t, l, 2); !slices.Equal(faults, c.refused) {
			t.Errorf("%s: refused %q, want %q", c.what, faults, c.refused)
		}
	}
}

// TestAConflictShowsBoth (IMP-9).
func TestAConflictShowsBoth(t *testing.T) {
	l := openTest(t)
	night(t, l, november, file{request("r", "o1", "2026-11-01")})
	settleAll(t, l, holdAll)
	night(t, l, november, file{request("r", "o2", "2026-11-01")})
	got := must(l.Refusals(2))(t)
	want := invoicing.Fault{
		Code: "RequestConflict", Source: invoicing.Source{File: 2, Row: 2}, Column: "ReservationOrderId", Value: "o2",
		Expected: "o1, as in #1!2", Fix: requestConflict.fix,
	}
	if len(got) != 1 || got[0] != want {
		t.Errorf("refused %+v", got)
	}
}

// TestTheSameFileTwiceIsANoOp (IMP-9), under any name, with or without a size known beforehand.
func TestTheSameFileTwiceIsANoOp(t *testing.T) {
	l := openTest(t)
	i := must(l.BeginImport(context.Background(), Run{AsOf: november}))(t)
	f := must(addFile(i, "../../etc/passwd", strings.NewReader("rows")))(t)
	if f.N != 1 || f.Known || f.Size != 4 {
		t.Fatalf("a new file is %+v", f)
	}
	if b := must(os.ReadFile(f.Path))(t); string(b) != "rows" {
		t.Errorf("the archive has %q", b)
	}
	must(i.EndFile(0, 0, 0, 0, []string{"Requests", "Accounts"}))(t)
	if again := must(addFile(i, "again", strings.NewReader("rows")))(t); !again.Known || again.N != 1 {
		t.Errorf("in the same run: %+v", again)
	}
	mustDo(t, i.Commit())
	kept := must(l.FileByNumber(1))(t)
	if b := must(os.ReadFile(kept.Path))(t); string(b) != "rows" || must(FileSum(kept.Path))(t) != kept.SHA256 {
		t.Errorf("the archive has %q under %s", b, kept.Path)
	}
	settleAll(t, l, holdAll)
	i = must(l.BeginImport(context.Background(), Run{AsOf: november}))(t)
	defer i.Rollback()
	for _, r := range []interface{ Read([]byte) (int, error) }{strings.NewReader("rows"), onlyReader{strings.NewReader("rows")}} {
		again := must(addFile(i, "again", r))(t)
		if !again.Known || again.N != 1 || again.Run != 1 || again.Name != "../../etc/passwd" || !slices.Equal(again.Kinds, []string{"Requests", "Accounts"}) {
			t.Errorf("in a later run: %+v", again)
		}
	}
	if f := must(addFile(i, "other", strings.NewReader("swor")))(t); f.Known || f.N != 2 || f.SHA256 != "" { // its hash is not waited for
		t.Errorf("another file of the same size: %+v", f)
	}
}

// onlyReader hides that a reader can seek.
type onlyReader struct{ r *strings.Reader }

func (o onlyReader) Read(b []byte) (int, error) { return o.r.Read(b) }

// TestRowsMustAddUp: OUT-8 (g) stops a reader that loses rows.
func TestRowsMustAddUp(t *testing.T) {
	l := openTest(t)
	i := must(l.BeginImport(context.Background(), Run{AsOf: november}))(t)
	defer i.Rollback()
	f := must(addFile(i, "rows", strings.NewReader("rows")))(t)
	mustDo(t, purchase("A", "o", "2026-01-01", "1 USD")(i, source(f, 0)))
	if _, err := i.EndFile(3, 0, 1, 0, nil); err == nil || !strings.Contains(err.Error(), "OUT-8 g") {
		t.Errorf("3 rows, 1 taken, 1 ignored: %v", err)
	}
}

// TestNightsGoForward: an as-of date before the last is refused, and so is an
// import before the last run is settled.
func TestNightsGoForward(t *testing.T) {
	l := openTest(t)
	night(t, l, november, file{account("A", "one")})
	if _, err := l.BeginImport(context.Background(), Run{AsOf: november}); err == nil {
		t.Error("an import began before the last run was settled")
	}
	settleAll(t, l, holdAll)
	if _, err := l.BeginImport(context.Background(), Run{AsOf: november - 1}); err == nil {
		t.Error("an import began for a day before the last")
	}
	if _, err := l.BeginSettle(context.Background()); err == nil {
		t.Error("a settled run was settled again")
	}
}

// TestVersionsOfAnAccount: a later row replaces, terms accumulate, and a term from
// the same day replaces (IMP-10).
func TestVersionsOfAnAccount(t *testing.T) {
	l := openTest(t)
	night(t, l, november, file{account("E1", "old", term("2025-01-01", "2025-12-31"))}, file{purchase("E1", "o", "2026-01-01", "1 USD")})
	settleAll(t, l, holdAll)
	night(t, l, november, file{account("E1", "new", term("2026-01-01", "2026-12-31")), account("E1", "new", term("2025-01-01", "2025-06-30"))},
		file{request("r", "o", "2026-11-01")})
	books := settleAll(t, l, holdAll)
	if len(books) != 1 || len(books[0].Accounts) != 1 {
		t.Fatalf("the books are %+v", books)
	}
	a := books[0].Accounts[0]
	want := []invoicing.CommitmentTerm{{Start: day("2025-01-01"), End: day("2025-06-30")}, {Start: day("2026-01-01"), End: day("2026-12-31")}}
	if a.Name != "new" || !slices.Equal(a.Terms, want) || a.Source != (invoicing.Source{File: 3, Row: 2}) {
		t.Errorf("the account is %+v", a)
	}
}

// TestTheRegisterFolds: lines come back as invoices, with what the latest run says
// is open.
func TestTheRegisterFolds(t *testing.T) {
	l := openTest(t)
	night(t, l, november, file{invoiceLine("A", "1", 2, "7 USD", open("12 USD")), invoiceLine("A", "1", 1, "5 USD"), invoiceLine("B", "2", 1, "9 USD")},
		file{purchase("A", "o", "2026-01-01", "1 USD")})
	settleAll(t, l, holdAll)
	night(t, l, november, file{invoiceLine("A", "1", 1, "5 USD", open("3 USD")), request("r", "o", "2026-11-01")})
	books := settleAll(t, l, holdAll)
	if len(books) != 1 || len(books[0].Invoices) != 1 {
		t.Fatalf("the books are %+v", books)
	}
	inv := books[0].Invoices[0]
	if inv.Number != "1" || inv.Open != money.Must("3 USD") || len(inv.Lines) != 2 || inv.Lines[0].No != 1 || inv.Lines[1].Net != money.Must("7 USD") ||
		inv.Lines[1].Sources[0].Row != 2 {
		t.Errorf("the invoice is %+v", inv)
	}
}

// TestTheRatesOfARowAreARow: a row has the rates of many currencies; it is kept
// where one of them is new.
func TestTheRatesOfARowAreARow(t *testing.T) {
	both := func(usd, sek string) row {
		return func(i *Import, src invoicing.Source) error {
			for _, c := range []money.Currency{money.USD, money.SEK} {
				text := map[money.Currency]string{money.USD: usd, money.SEK: sek}[c]
				if text == "" {
					continue
				}
				v := must(money.ParseDecimal(text))(t)
				if err := i.Rate(&invoicing.Rate{Date: november, Currency: c, Value: v, Source: src}); err != nil {
					return err
				}
			}
			return nil
		}
	}
	l := openTest(t)
	for n, c := range []struct {
		rows file
		want FileCounts
	}{
		{file{both("1.1", "")}, FileCounts{Rows: 1, Kept: 1}},
		{file{both("1.1", "11")}, FileCounts{Rows: 1, Kept: 1}},
		{file{both("1.1", "11")}, FileCounts{Rows: 1, Known: 1}},
		{file{both("1.1", "12")}, FileCounts{Rows: 1, Refused: 1}},
	} {
		night(t, l, november, c.rows)
		settleAll(t, l, holdAll)
		if got := sum(t, l, n+1); got != c.want {
			t.Errorf("night %d: %+v, want %+v", n+1, got, c.want)
		}
	}
}

// TestTheFileThatOneGoesOnFrom is the latest of its kind that is on the books whole, one
// of its name before others.
func TestTheFileThatOneGoesOnFrom(t *testing.T) {
	l := openTest(t)
	read := func(i *Import, name, kind string, known, ignored, refused int) {
		must(addFile(i, name, strings.NewReader(name+kind)))(t)
		must(i.EndFile(known+ignored+refused, known, ignored, refused, strings.Fields(kind)))(t)
	}
	first := must(l.BeginImport(context.Background(), Run{AsOf: november}))(t)
	read(first, "north.csv", "MCA", 3, 0, 0)
	read(first, "south.csv", "MCA", 3, 0, 0)
	read(first, "part.csv", "MCA", 2, 1, 0)
	read(first, "part.xlsx", "MCA", 2, 0, 1)
	read(first, "both.xlsx", "MCA EA", 3, 0, 0)
	if f, ok, err := first.Earlier("MCA", "north.csv"); ok || err != nil {
		t.Errorf("of the same run, %s is named (%v)", f.Name, err)
	}
	mustDo(t, first.Commit())
	settleAll(t, l, holdAll)
	next := must(l.BeginImport(context.Background(), Run{AsOf: november + 1}))(t)
	defer next.Rollback()
	for _, c := range [][3]string{{"MCA", "north.csv", "north.csv"}, {"MCA", "new.csv", "south.csv"}, {"EA", "north.csv", ""}} {
		if f, ok, err := next.Earlier(c[0], c[1]); f.Name != c[2] || ok != (c[2] != "") || err != nil {
			t.Errorf("%s %s goes on from %q (%v), want %q", c[0], c[1], f.Name, err, c[2])
		}
	}
}
