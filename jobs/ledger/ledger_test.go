package ledger

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

var november = money.DateOf(2026, 11, 22)

// tb is what the tests and the properties of rapid have in common.
type tb interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
}

// must is the value of a call that must not fail: must(call())(t).
func must[T any](v T, err error) func(tb) T {
	return func(t tb) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func mustDo(t tb, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func openTest(t testing.TB) *Ledger {
	t.Helper()
	l := must(Open(filepath.Join(memoryFolder(t), "ledger.db")))(t)
	t.Cleanup(func() { l.Close() })
	return l
}

// memoryFolder is a temporary folder in memory where the system has such a thing:
// a property opens hundreds of ledgers, and each waits for the disk some ten times.
func memoryFolder(t testing.TB) string {
	t.Helper()
	folder, err := os.MkdirTemp("/dev/shm", "ledger-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	return folder
}

// reopen ends the process, as it were, and starts another.
func reopen(t testing.TB, l *Ledger) *Ledger {
	t.Helper()
	mustDo(t, l.Close())
	l = must(Open(l.path))(t)
	t.Cleanup(func() { l.Close() })
	return l
}

// row feeds itself to an import as a row of a file.
type row func(i *Import, src invoicing.Source) error

func purchase(account, order, date, amount string, change ...func(*invoicing.Purchase)) row {
	return func(i *Import, src invoicing.Source) error {
		p := invoicing.Purchase{
			Origin: invoicing.FromTransactions, Account: account, Order: order, Date: day(date), Term: 12, Plan: invoicing.Upfront,
			Product: "VirtualMachines", Sku: "Standard_D2s_v5", Quantity: 1, Amount: money.Must(amount), Source: src,
		}
		for _, c := range change {
			c(&p)
		}
		return i.Purchase(&p)
	}
}

func request(id, order, date string, change ...func(*invoicing.Request)) row {
	return func(i *Import, src invoicing.Source) error {
		r := invoicing.Request{ID: id, Order: order, Date: day(date), Action: invoicing.Refund, Quantity: 1, Role: "Owner", Source: src}
		for _, c := range change {
			c(&r)
		}
		return i.Request(&r)
	}
}

func account(id, name string, change ...func(*invoicing.Account)) row {
	return func(i *Import, src invoicing.Source) error {
		a := invoicing.Account{ID: id, Name: name, Type: policy.EA, Currency: money.USD, Source: src}
		for _, c := range change {
			c(&a)
		}
		return i.Account(&a)
	}
}

func term(start, end string) func(*invoicing.Account) {
	return func(a *invoicing.Account) { a.Terms = []invoicing.CommitmentTerm{{Start: day(start), End: day(end)}} }
}

func invoiceLine(account, number string, no int, net string, change ...func(*invoicing.RegisterRow)) row {
	return func(i *Import, src invoicing.Source) error {
		r := invoicing.RegisterRow{
			Account: account, Number: number, IssueDate: day("2026-01-02"), Currency: money.USD,
			Line: invoicing.InvoiceLine{No: no, Description: "a line", Net: money.Must(net), Sources: []invoicing.Source{src}},
		}
		for _, c := range change {
			c(&r)
		}
		return i.RegisterRow(&r)
	}
}

func open(amount string) func(*invoicing.RegisterRow) {
	return func(r *invoicing.RegisterRow) { r.Open = money.Must(amount) }
}

func price(sku, from, amount string) row {
	return func(i *Import, src invoicing.Source) error {
		return i.Price(&invoicing.Price{Sku: sku, TermMonths: 12, From: day(from), UnitPrice: money.Must(amount), Source: src})
	}
}

func rate(date, value string) row {
	return func(i *Import, src invoicing.Source) error {
		v, err := money.ParseDecimal(value)
		if err != nil {
			return err
		}
		return i.Rate(&invoicing.Rate{Date: day(date), Currency: money.USD, Value: v, Source: src})
	}
}

func vendorCredit(account, order, date, amount string) row {
	return func(i *Import, src invoicing.Source) error {
		return i.VendorCredit(&invoicing.VendorCredit{Origin: invoicing.FromTransactions, Account: account, Order: order, Event: "Refund",
			Date: day(date), Amount: money.Must(amount), Quantity: 1, Source: src})
	}
}

func charge(account, date, amount string) row {
	return func(i *Import, src invoicing.Source) error {
		return i.Charge(&invoicing.Charge{Account: account, Date: day(date), Amount: money.Must(amount), Source: src})
	}
}

func day(s string) money.Date {
	d, err := money.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// file is the rows of a file.
type file []row

var fileNames int

// addFile takes a file into the archive and gives it its number.
func addFile(i *Import, name string, r io.Reader) (File, error) {
	f, err := i.Store(r)
	if err != nil {
		return File{}, err
	}
	return i.Begin(name, f)
}

// feedFile adds a file to an import and ends it.
func feedFile(t tb, i *Import, rows file) File {
	t.Helper()
	fileNames++
	name := fmt.Sprintf("file %d", fileNames)
	f := must(addFile(i, name, strings.NewReader(name)))(t)
	for n, r := range rows {
		mustDo(t, r(i, source(f, n)))
	}
	f.Counts = must(i.EndFile(len(rows), 0, 0, 0, []string{"Test"}))(t)
	return f
}

// night imports files and settles nothing.
func night(t tb, l *Ledger, asOf money.Date, files ...file) {
	t.Helper()
	i := must(l.BeginImport(context.Background(), Run{AsOf: asOf}))(t)
	defer i.Rollback()
	for _, f := range files {
		feedFile(t, i, f)
	}
	mustDo(t, i.Commit())
}

// decide is what a test makes of a book.
type decide func(*invoicing.Book) (*invoicing.Settlement, []invoicing.State)

// holdAll holds every request.
func holdAll(b *invoicing.Book) (*invoicing.Settlement, []invoicing.State) {
	s := &invoicing.Settlement{Group: b.Group}
	for _, r := range b.Requests {
		s.Decisions = append(s.Decisions, invoicing.Decision{Request: r, Outcome: invoicing.Held})
	}
	return s, b.States
}

// approveAll approves every request.
func approveAll(b *invoicing.Book) (*invoicing.Settlement, []invoicing.State) {
	s, states := holdAll(b)
	for i := range s.Decisions {
		s.Decisions[i].Outcome = invoicing.Approved
	}
	return s, states
}

// settleAll settles the imported run, publishes it, and returns its books.
func settleAll(t tb, l *Ledger, how decide) []invoicing.Book {
	t.Helper()
	w := must(l.BeginSettle(context.Background()))(t)
	defer w.Rollback()
	books := drain(t, w, how)
	reconciledNothing(t, w)
	mustDo(t, w.Commit([]byte("{}")))
	mustDo(t, l.Published(w.run, "folder", "manifest"))
	return books
}

func drain(t tb, w *Work, how decide) (books []invoicing.Book) {
	t.Helper()
	for {
		b, err := w.Next()
		if errors.Is(err, io.EOF) {
			return books
		}
		mustDo(t, err)
		s, states := how(b)
		var held []invoicing.Request
		for _, d := range s.Decisions {
			if d.Outcome == invoicing.Held {
				held = append(held, d.Request)
			}
		}
		mustDo(t, w.Put(NewEntry(s, states, held)))
		books = append(books, *b)
	}
}

// source is the row of a file as a spreadsheet program numbers it.
func source(f File, n int) invoicing.Source { return invoicing.Source{File: f.N, Row: n + 2} }
