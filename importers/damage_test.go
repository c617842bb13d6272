package importers

import (
	"bytes"
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// amounts is what a file hands on, without free text: nothing that money follows from.
func amounts(t *testing.T, file []byte) []string {
	t.Helper()
	ctx, stop := context.WithTimeout(context.Background(), 10*time.Second)
	defer stop()
	var r recorder
	if _, err := readFrom(ctx, "damaged", bytes.NewReader(file), int64(len(file)), 1, &r); err != nil {
		t.Fatalf("%v: %.200q", err, file)
	}
	var out []string
	for _, line := range r.lines {
		if before, _, ok := strings.Cut(line, " Source=#"); ok && !strings.HasPrefix(line, "  ") {
			if i := strings.Index(before, ` Description="`); i >= 0 {
				rest := before[i+len(` Description="`):]
				before = before[:i] + rest[strings.IndexByte(rest, '"')+1:]
			}
			out = append(out, before)
		}
	}
	return out
}

// damageable is files whose every cell says something.
func damageable(t *testing.T) map[string][]byte {
	t.Helper()
	files := map[string][]byte{
		"charges": []byte("BillingAccountId;Date;Currency;Description;Amount\r\nE1;2026-12-01;SEK;a b;1500,25\r\nE2;2026-12-02;SEK;\"c; d\";2750,50\r\nE3;2026-12-03;SEK;;312,75\r\n"),
		"invoices": []byte("InvoiceNumber,BillingAccountId,IssueDate,Currency,LineNo,Description,ReservationOrderId,NetAmount,TaxRate,TaxAmount,TaxCategory,CardRef,OpenAmount\n" +
			"F1,BP1,2026-01-01,EUR,1,one,o1,900.00,25,225.00,S,,1125.00\nF2,BP1,2026-01-02,EUR,1,two,o2,100.00,25,25.00,S,,125.00\nF3,BP1,2026-01-03,EUR,1,,o3,300.00,0,,Z,,\n"),
	}
	names, examples := header(transactionsMCA, func(Column) bool { return true })
	rows := [][]string{names}
	for _, amount := range []string{"7164.00", "125.50", "9.99"} {
		row := slices.Clone(examples)
		row[0] = amount
		rows = append(rows, row)
	}
	files["transactions"] = csvOf(t, rows...)
	return files
}

// A file that is cut off anywhere loses rows and never reads one otherwise.
func TestTruncation(t *testing.T) {
	for name, file := range damageable(t) {
		want := amounts(t, file)
		for n := range len(file) {
			for _, r := range amounts(t, file[:n]) {
				if !slices.Contains(want, r) {
					t.Errorf("%s cut off at %d: %s is none of %q", name, n, r, want)
				}
			}
		}
	}
}

// Damage to the structure, which is headers, quotes, delimiters, line ends and the
// encoding, is refused: what is read all the same is what stood there.
func TestDamagedStructure(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	for name, file := range damageable(t) {
		want := amounts(t, file)
		headerEnds := bytes.IndexByte(file, '\n')
		for range 200 * often {
			bad := damage(rng, slices.Clone(file), headerEnds)
			for _, r := range amounts(t, bad) {
				if !slices.Contains(want, r) {
					t.Fatalf("%s:\n%s\nreads %s, none of\n%s", name, bad, r, strings.Join(want, "\n"))
				}
			}
		}
	}
}

// damage does one thing to a file: removes or adds a delimiter, quote or line end,
// spoils a letter of the header, or puts in a byte that is no text.
func damage(rng *rand.Rand, file []byte, headerEnds int) []byte {
	headerEnds = min(headerEnds, len(file))
	marks := []byte{',', '"', '\n'}
	if bytes.IndexByte(file, ';') > 0 && bytes.IndexByte(file, ';') < headerEnds {
		marks[0] = ';'
	}
	var at []int
	for i, c := range file {
		if bytes.IndexByte(marks, c) >= 0 {
			at = append(at, i)
		}
	}
	switch i, how := rng.IntN(len(file)), rng.IntN(4); {
	case how == 0 && len(at) > 0:
		i = at[rng.IntN(len(at))]
		return slices.Delete(file, i, i+1)
	case how == 1:
		return slices.Insert(file, i, marks[rng.IntN(len(marks))])
	case how == 2 && headerEnds > 0:
		file[rng.IntN(headerEnds)] ^= byte(1 << rng.IntN(7))
		return file
	default:
		return slices.Insert(file, i, []byte{0, 0x81}[rng.IntN(2)])
	}
}

// Bytes changed anywhere, of text, workbooks and JSON, never panic and never hang.
func TestDamagedBytes(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 8))
	files := damageable(t)
	files["template"] = template1(t)
	names, examples := header(chargeSheet, func(Column) bool { return true })
	head, row := make([]any, len(names)), make([]any, len(names))
	for i := range names {
		head[i], row[i] = names[i], cellOf(t, chargeSheet.Columns[i], examples[i])
	}
	files["workbook"] = workbook(t, map[string][][]any{"A": {head, row}}, []string{"A"})
	files["json"] = []byte(`{"value":[{"properties":{"eventDate":"2026-03-01T12:00:04Z","amount":125.5,"tags":[1,{"a":"b"}]}}],"nextLink":null}`)
	for name, file := range files {
		rounds := 16 * often
		if len(file) > 20_000 {
			rounds = 2 * often
		}
		for range rounds {
			bad := slices.Clone(file)
			for range 1 + rng.IntN(8) {
				bad[rng.IntN(len(bad))] = byte(rng.IntN(256))
			}
			if rng.IntN(3) == 0 {
				bad = bad[:rng.IntN(len(bad))]
			}
			_ = amounts(t, bad)
			faults := refusals(t, bad)
			if _, _, err := (Reading{}).Returned(context.Background(), bytes.NewReader(bad), int64(len(bad)), faults); err != nil {
				t.Fatalf("%s: no copy for the sender: %v", name, err)
			}
		}
	}
}
