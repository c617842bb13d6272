package ledger

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"prorata/invoicing"
)

// event is a row, with the text by which two are the same.
type event struct {
	text string
	row
}

// genEvents draws rows of a small world, so that many meet.
func genEvents(t *rapid.T) []event {
	word := func(label string, words ...string) string { return rapid.SampledFrom(words).Draw(t, label) }
	one := rapid.Custom(func(t *rapid.T) event {
		acc, order, date := word("account", "A", "B", "C"), word("order", "o1", "o2", "o3", "o4"), word("date", "2026-01-01", "2026-11-22", "2026-11-23")
		amount := word("amount", "1 USD", "2 USD")
		switch kind := word("kind", "purchase", "request", "account", "invoice", "price", "rate", "charge"); kind {
		case "purchase":
			sheet := word("description", "", "", "from a sheet", "from another")
			return event{kind + acc + order + date + amount + sheet, purchase(acc, order, date, amount, func(p *invoicing.Purchase) {
				if p.Description = sheet; sheet != "" {
					p.Origin = invoicing.FromSheet
				}
			})}
		case "request":
			id, exchange := word("id", "r1", "r2", "r3", "r4"), word("exchange", "", "", "X")
			return event{kind + id + order + date + exchange, request(id, order, date, func(r *invoicing.Request) { r.Exchange = exchange })}
		case "account":
			return event{kind + acc + date, account(acc, "name", term(date, "2026-12-31"))}
		case "invoice":
			return event{kind + acc + amount, invoiceLine(acc, "I", rapid.IntRange(1, 2).Draw(t, "line"), amount)}
		case "price":
			return event{kind + date + amount, price("s", date, amount)}
		case "rate":
			return event{kind + date + amount, rate(date, amount[:1])}
		default:
			return event{kind + acc + date + amount, charge(acc, date, amount)}
		}
	})
	return rapid.SliceOfN(one, 0, 60).Draw(t, "rows")
}

// world imports one night of files and tells all that a settle would see of it,
// without the sources, which alone depend on the order of files.
func world(t *rapid.T, folder string, n, memory int, files [][]event) string {
	l := must(Open(fmt.Sprintf("%s/%d.db", folder, n)))(t)
	defer l.Close()
	l.memory = memory
	i := must(l.BeginImport(context.Background(), Run{AsOf: november}))(t)
	defer i.Rollback()
	for _, f := range files {
		var rows file
		for _, e := range f {
			rows = append(rows, e.row)
		}
		feedFile(t, i, rows)
	}
	mustDo(t, i.Commit())
	w := must(l.BeginSettle(context.Background()))(t)
	defer w.Rollback()
	told := priceSource.ReplaceAllString(fmt.Sprintf("%+v\n", must(w.Market())(t)), "")
	for _, b := range drain(t, w, holdAll) {
		told += fmt.Sprintf("%+v\n", withoutSources(b))
	}
	c := sum(t, l, 1)
	if !c.holds() {
		t.Fatalf("the counts do not hold: %+v", c)
	}
	return fmt.Sprintf("%skept %d, refused %d", told, c.Kept, c.Refused)
}

var priceSource = regexp.MustCompile(`Source:{[^}]*}`)

func withoutSources(b invoicing.Book) invoicing.Book {
	none := invoicing.Source{}
	for i := range b.Purchases {
		b.Purchases[i].Source = none
	}
	for i := range b.Charges {
		b.Charges[i].Source = none
	}
	for i := range b.Requests {
		b.Requests[i].Source = none
	}
	for i := range b.Accounts {
		b.Accounts[i].Source = none
	}
	for i := range b.Invoices {
		for n := range b.Invoices[i].Lines {
			b.Invoices[i].Lines[n].Sources = nil
		}
	}
	return b
}

// deal puts rows into files, identical ones into one file: copies in one file are
// so many charges, copies in two files are the same one told twice (IMP-1).
func deal(t *rapid.T, rows []event, files int) [][]event {
	out := make([][]event, files)
	place := map[string]int{}
	for _, e := range rows {
		n, ok := place[e.text]
		if !ok {
			n = rapid.IntRange(0, files-1).Draw(t, "file")
			place[e.text] = n
		}
		out[n] = append(out[n], e)
	}
	return out
}

// TestTheOrderOfRowsAndFilesNeverMatters, nor how they are dealt to files, nor a
// file that comes once more, nor how much memory there is.
func TestTheOrderOfRowsAndFilesNeverMatters(t *testing.T) {
	folder, n := memoryFolder(t), 0
	rapid.Check(t, func(t *rapid.T) {
		rows := genEvents(t)
		n += 2
		want := world(t, folder, n, sortMemory, [][]event{rows})
		dealt := deal(t, rapid.Permutation(rows).Draw(t, "order"), rapid.IntRange(1, 4).Draw(t, "files"))
		got := world(t, folder, n+1, rapid.SampledFrom([]int{64, 4096, sortMemory}).Draw(t, "memory"), dealt)
		if got != want {
			t.Fatalf("one file gives\n%s\nand %d files give\n%s", want, len(dealt), got)
		}
	})
}

// TestTwiceIsOnce: the same rows again, in another file on another night, change
// nothing but what the first night refused.
func TestTwiceIsOnce(t *testing.T) {
	folder, n := memoryFolder(t), 0
	rapid.Check(t, func(t *rapid.T) {
		rows := genEvents(t)
		var all file
		for _, e := range rows {
			all = append(all, e.row)
		}
		n++
		l := must(Open(fmt.Sprintf("%s/%d.db", folder, n)))(t)
		defer l.Close()
		night(t, l, november, all)
		settleAll(t, l, holdAll)
		first := sum(t, l, 1)
		night(t, l, november, all, slices.Clone(all))
		again := sum(t, l, 2)
		if again.Kept != 0 || again.Known != 2*(first.Rows-first.Refused) || again.Refused != 2*first.Refused {
			t.Fatalf("first %+v, again %+v", first, again)
		}
	})
}

// TestCopiesAreOnTheBooksMaxOverFiles: a row of which k copies are in one file is on
// the books max-over-files(k) times, over files and nights, whatever kind it is, what
// stands beside it, and how much memory there is (IMP-1).
func TestCopiesAreOnTheBooksMaxOverFiles(t *testing.T) {
	kinds := map[string]func(date, amount string) row{
		"purchase": func(date, amount string) row { return purchase("A", "o", date, amount) },
		"credit":   func(date, amount string) row { return vendorCredit("A", "o", date, amount) },
		"charge":   func(date, amount string) row { return charge("A", date, amount) },
	}
	folder, n := memoryFolder(t), 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		l := must(Open(fmt.Sprintf("%s/%d.db", folder, n)))(t)
		defer l.Close()
		l.memory = rapid.SampledFrom([]int{64, 4096, sortMemory}).Draw(t, "memory")
		most, onBooks, kept := map[string]int{}, map[string]int{}, 0 // by row, by kind; and as counted
		for run := 1; run <= 3; run++ {                              // nights
			var files []file
			for range rapid.IntRange(1, 2).Draw(t, "files") {
				rows, copies := file{}, map[string]int{}
				for range rapid.IntRange(0, 12).Draw(t, "rows") {
					kind := rapid.SampledFrom([]string{"purchase", "credit", "charge"}).Draw(t, "kind")
					date := rapid.SampledFrom([]string{"2026-01-01", "2026-01-02"}).Draw(t, "date")
					amount := rapid.SampledFrom([]string{"1 USD", "2 USD"}).Draw(t, "amount")
					rows = append(rows, kinds[kind](date, amount))
					text := kind + date + amount
					if copies[text]++; copies[text] > most[text] {
						most[text]++
						onBooks[kind]++
					}
				}
				files = append(files, rows)
			}
			night(t, l, november, files...)
			settleAll(t, l, holdAll)
			kept += sum(t, l, run).Kept
			if want := onBooks["purchase"] + onBooks["credit"] + onBooks["charge"]; kept != want {
				t.Fatalf("after %d nights %d rows are on the books, want %d", run, kept, want)
			}
		}
		b := must(l.Book([]string{"A"}))(t)
		if len(b.Purchases) != onBooks["purchase"] || len(b.Charges) != onBooks["charge"] {
			t.Fatalf("the book has %d purchases and %d charges, want %v", len(b.Purchases), len(b.Charges), onBooks)
		}
	})
}
