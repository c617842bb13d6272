package importers

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"prorata/importers/table"
	"prorata/invoicing"
)

// readWhole reads a file in the way of those that are not plain; plain reports
// whether it would have been streamed.
func readWhole(t *testing.T, file []byte) (text string, plain bool) {
	t.Helper()
	var r recorder
	rd := &reader{ctx: context.Background(), in: &input{ctx: context.Background(), in: bytes.NewReader(file)}, size: int64(len(file)), file: 1, sink: &r}
	_, plain, err := rd.plainSheet()
	if err == nil {
		err = rd.whole()
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range rd.report.Sheets {
		r.lines = append(r.lines, fmt.Sprintf("sheet %q kind %q: %d rows, %d refused, %d ignored %s", s.Sheet, s.Kind, s.Rows, s.Refused, s.Ignored, s.Note))
	}
	return strings.Join(r.lines, "\n") + "\n", plain
}

// A plain sheet that is streamed reads as if it were read whole, to the refusal:
// every house sheet of testdata, and its rows mixed, damaged and long.
func TestPlainAgreesWithWhole(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	streamed := 0
	for _, k := range houseSheets() {
		names, examples := header(k, func(Column) bool { return true })
		for _, delim := range []string{",", ";", "\t", "|"} {
			for round := range 5 * often {
				rows := []string{strings.Join(names, delim)}
				for range 1 + rng.IntN(6) {
					row := append([]string(nil), examples...)
					if round > 0 && rng.IntN(2) == 0 {
						odd := []string{"1,234", "03/04/2026", "1.234", "x", "", "0", "007", "-5", "1E+15", "2026-02-30", "Återbetalning", "4111111111111111", " a ", "0.25", "#N/A", "9999-12-31", "12345678901234567"}
						row[rng.IntN(len(row))] = odd[rng.IntN(len(odd))]
					}
					for i, cell := range row {
						if strings.Contains(cell, delim) || rng.IntN(20) == 0 {
							row[i] = `"` + cell + `"`
						}
					}
					rows = append(rows, strings.Join(row, delim))
				}
				file := []byte(strings.Join(rows, "\n") + "\n")
				want, plain := readWhole(t, file)
				if got := read(t, "file", file); got != want {
					t.Fatalf("%s\nreads\n%s\nwant\n%s", file, got, want)
				}
				if plain {
					streamed++
				}
			}
		}
	}
	if streamed < 30 {
		t.Errorf("only %d sheets were streamed", streamed)
	}
	paths, err := filepath.Glob("testdata/*.csv")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		file, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if want, plain := readWhole(t, file); plain && read(t, path, file) != want {
			t.Errorf("%s reads otherwise", path)
		}
	}
}

// More rows than a sheet may have that is read whole are no harm in a plain one; a
// single cell that needs its column is, and it is said.
func TestLongPlainSheet(t *testing.T) {
	var b strings.Builder
	b.WriteString("RequestId,RequestDate,Action,ReservationOrderId,Quantity\n")
	for i := range table.MaxRows + 1 {
		fmt.Fprintf(&b, "R%d,2026-11-21,Refund,o1,1\n", i)
	}
	var r tallySink
	file := b.String()
	report, err := readFrom(context.Background(), "long", strings.NewReader(file), int64(len(file)), 1, &r)
	if err != nil || r.requests != table.MaxRows+1 || report.Sheets[0].Rows != r.requests || r.last != table.MaxRows+2 || len(r.faults) > 0 {
		t.Errorf("%d requests, the last in row %d: %+v %v", r.requests, r.last, report, err)
	}
	// Of so long a sheet the refused rows alone come back.
	bad := file + strings.Repeat("R,2026-11-21,Refund,o1,1\n", 150_000) + "R,2026-11-21,Keep,o1,1\n"
	if book, f := returnedCopy(t, []byte(bad)); len(bad) <= maxCopiedBook || len(comments(t, f)) != 1 || len(refusals(t, book)) != 1 {
		t.Errorf("of %d bytes: comments %q", len(bad), comments(t, f))
	}
	file += "R,01/02/2026,Refund,o1,1\n"
	if faults := refusals(t, []byte(file)); len(faults) != 1 || faults[0].Code != "TooManyRows" {
		t.Errorf("refused %+v", faults)
	}
}

// tallySink counts requests.
type tallySink struct {
	refusing
	requests, last int
}

func (s *tallySink) Request(q *invoicing.Request) error {
	s.requests, s.last = s.requests+1, q.Source.Row
	return nil
}
