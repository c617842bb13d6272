package ledger

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"prorata/invoicing"
	"prorata/invoicing/money"
)

// yardstick is rows as those of the yardstick for speed: one purchase an order,
// every tenth credited, every tenth asked for.
type yardstick struct {
	n      int
	orders []string
}

func newYardstick(n int) *yardstick {
	r := rand.New(rand.NewPCG(1, 2))
	y := &yardstick{n: n}
	for range n {
		y.orders = append(y.orders, fmt.Sprintf("%08x-%04x-%04x-%04x-%012x", r.Uint32(), r.Uint32()&0xffff, r.Uint32()&0xffff, r.Uint32()&0xffff, r.Uint64()&0xffffffffffff))
	}
	return y
}

func (y *yardstick) feed(i *Import, file int, from, to int) (rows int, err error) {
	r := rand.New(rand.NewPCG(3, uint64(from)))
	sku := []string{"Standard_D2s_v5", "Standard_E8as_v4", "Standard_L8s_v5", "Standard_B8s_v5"}
	region := []string{"westeurope", "germanywestcentral", "swedencentral", "eastus2"}
	for k := from; k < to; k++ {
		rows++
		p := invoicing.Purchase{
			Origin: invoicing.FromTransactions, Account: fmt.Sprintf("BP%d", r.IntN(2000)), Order: y.orders[k],
			Date: money.DateOf(2023, 1, 1) + money.Date(r.IntN(1000)), Term: 12, Plan: invoicing.Upfront, Product: "VirtualMachines",
			Sku: sku[r.IntN(4)], Region: region[r.IntN(4)], Quantity: 1 + r.IntN(8),
			Amount: money.Minor(int64(r.IntN(3e6)), money.USD), Invoice: fmt.Sprintf("E%09d", k),
			Source: invoicing.Source{File: file, Row: rows + 1},
		}
		p.Description = "Reserved VM Instance, " + p.Sku + ", " + p.Region
		if err := i.Purchase(&p); err != nil {
			return rows, err
		}
		if k%10 == 0 {
			rows++
			v := invoicing.VendorCredit{
				Origin: p.Origin, Account: p.Account, Order: p.Order, Event: "Refund", Date: p.Date + 100, Quantity: 1,
				Amount: p.Amount, Invoice: p.Invoice, Source: invoicing.Source{File: file, Row: rows + 1},
			}
			if err := i.VendorCredit(&v); err != nil {
				return rows, err
			}
		}
	}
	return rows, nil
}

func (y *yardstick) requests(i *Import, file int) (rows int, err error) {
	for k := 3; k < y.n; k += 10 {
		rows++
		if err := i.Request(&invoicing.Request{
			ID: fmt.Sprintf("C%d", k), Date: money.DateOf(2026, 1, 1), Action: invoicing.Refund, Order: y.orders[k], Quantity: 1,
			Role: "Owner", Used: invoicing.UsedYes, Source: invoicing.Source{File: file, Row: rows + 1},
		}); err != nil {
			return rows, err
		}
	}
	return rows, nil
}

func (y *yardstick) file(b testing.TB, i *Import, name string, feed func(*Import, int) (int, error)) FileCounts {
	f, err := addFile(i, name, strings.NewReader(name))
	if err != nil {
		b.Fatal(err)
	}
	rows, err := feed(i, f.N)
	if err != nil {
		b.Fatal(err)
	}
	c, err := i.EndFile(rows, 0, 0, 0, nil)
	if err != nil {
		b.Fatal(err)
	}
	return c
}

func openT(b testing.TB, path string) *Ledger {
	l, err := Open(path)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { l.Close() })
	return l
}

func beginT(b testing.TB, l *Ledger) *Import {
	i, err := l.BeginImport(context.Background(), Run{AsOf: money.DateOf(2026, 11, 22)})
	if err != nil {
		b.Fatal(err)
	}
	return i
}

// heapPeak samples the heap until the returned function is called, which gives
// the peak over what is there now, in MiB.
func heapPeak() func() float64 {
	stop, peak := make(chan bool), make(chan float64)
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	begin := m.HeapInuse
	go func() {
		most := begin
		for {
			select {
			case <-stop:
				peak <- float64(most-begin) / (1 << 20)
				return
			case <-time.After(20 * time.Millisecond):
				runtime.ReadMemStats(&m)
				most = max(most, m.HeapInuse)
			}
		}
	}()
	return func() float64 { stop <- true; return <-peak }
}

const yardstickRows = 1_000_000

// BenchmarkImport imports a million purchases, then the same rows and one more in another file.
func BenchmarkImport(b *testing.B) {
	y := newYardstick(yardstickRows + 1)
	for b.Loop() {
		l := openT(b, filepath.Join(b.TempDir(), "ledger.db"))
		peak := heapPeak()
		start := time.Now()
		i := beginT(b, l)
		y.file(b, i, "one", func(i *Import, n int) (int, error) { return y.feed(i, n, 0, yardstickRows) })
		fed := time.Since(start)
		y.file(b, i, "two", y.requests)
		if err := i.Commit(); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(fed.Seconds(), "s/first-file")
		b.ReportMetric(time.Since(start).Seconds(), "s/first")
		b.ReportMetric(peak(), "heap-MiB")
		if _, err := l.db.Exec("UPDATE run SET state = 'settled'"); err != nil {
			b.Fatal(err)
		}
		start = time.Now()
		i = beginT(b, l)
		c := y.file(b, i, "again", func(i *Import, n int) (int, error) { return y.feed(i, n, 0, yardstickRows+1) })
		if err := i.Commit(); err != nil {
			b.Fatal(err)
		}
		if c.Kept != 2 {
			b.Fatalf("the second import kept %+v", c)
		}
		b.ReportMetric(time.Since(start).Seconds(), "s/second")
		l.Close()
	}
}

// BenchmarkFeed is what feeding alone costs, to be taken off BenchmarkImport.
func BenchmarkFeed(b *testing.B) {
	y := newYardstick(yardstickRows + 1)
	for b.Loop() {
		for k := range yardstickRows {
			p := invoicing.Purchase{Account: fmt.Sprintf("BP%d", k%2000), Invoice: fmt.Sprintf("E%09d", k), Order: y.orders[k]}
			p.Description = "Reserved VM Instance, " + p.Account + ", " + p.Invoice
			if p.Order == "" {
				b.Fatal(p)
			}
		}
	}
}

// BenchmarkNext hands out all groups of the yardstick and decides nothing.
func BenchmarkNext(b *testing.B) {
	y := newYardstick(yardstickRows)
	l := openT(b, filepath.Join(b.TempDir(), "ledger.db"))
	i := beginT(b, l)
	y.file(b, i, "one", func(i *Import, n int) (int, error) { return y.feed(i, n, 0, yardstickRows) })
	y.file(b, i, "two", y.requests)
	if err := i.Commit(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		peak := heapPeak()
		start := time.Now()
		w, err := l.BeginSettle(context.Background())
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(time.Since(start).Seconds(), "s/list")
		groups, requests, purchases := 0, 0, 0
		for {
			book, err := w.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				b.Fatal(err)
			}
			groups, requests, purchases = groups+1, requests+len(book.Requests), purchases+len(book.Purchases)
		}
		b.ReportMetric(time.Since(start).Seconds(), "s/next")
		b.ReportMetric(peak(), "heap-MiB")
		if groups != 2000 || requests != yardstickRows/10 || purchases != requests {
			b.Fatalf("%d groups, %d requests, %d purchases", groups, requests, purchases)
		}
		if err := w.Rollback(); err != nil {
			b.Fatal(err)
		}
	}
}
