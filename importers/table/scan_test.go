package table

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/gocarina/gocsv"
)

// scanAll reads a text in one piece: the row number, the fault and the fields of
// each record.
func scanAll(text string, delim byte) []string {
	s := NewScanner(delim, len(text)+1)
	s.Reset([]byte(text), ScanState{}, true)
	var out []string
	for s.Next() {
		out = append(out, shown(s, s.Rows()))
	}
	return out
}

func shown(s *Scanner, row int) string {
	if s.Fault() != "" {
		return fmt.Sprintf("%d %s", row, s.Fault())
	}
	fields := make([]string, s.Len())
	for i := range fields {
		fields[i] = string(s.Bytes(i))
	}
	return fmt.Sprintf("%d %q", row, fields)
}

// TestRecords tells what a record is, and how little damage costs.
func TestRecords(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"a,b\n1,2\n", `1 ["a" "b"]|2 ["1" "2"]`},
		{"a,b\r\n1,2", `1 ["a" "b"]|2 ["1" "2"]`},
		{"a,\n,b\n", `1 ["a" ""]|2 ["" "b"]`},
		{`"a,b","say ""hi"""`, `1 ["a,b" "say \"hi\""]`},
		{"\"a\nb\",c\nd,e\n", `1 ["a\nb" "c"]|2 ["d" "e"]`}, // one record is one row of a spreadsheet
		{"\"a\r\nb\",c\n", `1 ["a\nb" "c"]`},
		{"a\n\n\nb\n", `1 ["a"]|4 ["b"]`}, // blank lines are rows of a spreadsheet
		{"\"a\"", `1 ["a"]`},
		{"a\r", `1 ["a"]`},
		{`"a" ,b`, "1 BadQuoting"},
		{"a\"b,c\nd,e\n", `1 BadQuoting|2 ["d" "e"]`},                                     // a bare quote costs its row
		{"1,\"a\n2,b\n3,\"c\n4,d\n", `1 BadQuoting|2 ["2" "b"]|3 BadQuoting|4 ["4" "d"]`}, // so does one that closes wrongly, lines below
		{"1,\"a\n2,b\n3,c\n", `1 BadQuoting|2 ["2" "b"]|3 ["3" "c"]`},                     // and one that never closes
		{"1,\"a\n2,\"b\n\"x\n3,c\n", `1 BadQuoting|2 BadQuoting|3 BadQuoting|4 ["3" "c"]`},
		{"", ""},
		{"\n\r\n", ""},
	} {
		if got := strings.Join(scanAll(c.text, ','), "|"); got != c.want {
			t.Errorf("%q\n got %s\nwant %s", c.text, got, c.want)
		}
	}
}

// TestLongRecord: a record without an end is refused, and the next line is read.
func TestLongRecord(t *testing.T) {
	long := strings.Repeat("x", MaxRecord+10)
	got := scanAll("a,b\n"+long+",1\nc,d\n", ',')
	if want := []string{`1 ["a" "b"]`, "2 TooLong", `3 ["c" "d"]`}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %.100q, want %q", got, want)
	}
	for _, text := range []string{
		"a,b\n" + long + ",1\nc,d\n", "a,\"" + long + "\nc,d\n\"x\ny\n", strings.Repeat("\"a\n", 3*MaxRecord/8) + "\"" + long, long + long + long,
	} {
		want := scanAll(text, ',')
		for _, size := range []int{1 << 14, 100_003, MaxRecord} {
			if got := stream(t, text, size); !reflect.DeepEqual(got, want) {
				t.Errorf("blocks of %d: got %.200q, want %.200q", size, got, want)
			}
		}
	}
}

// oracle reads a text with encoding/csv, which gocsv uses; ok is false where it finds fault.
func oracle(text string, delim byte) (rows [][]string, ok bool) {
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.FieldsPerRecord = rune(delim), -1
	rows, err := r.ReadAll()
	return rows, err == nil
}

// sameAsOracle fails where a text that encoding/csv takes is read otherwise.
func sameAsOracle(t *testing.T, text string, delim byte) {
	t.Helper()
	want, ok := oracle(text, delim)
	if !ok || len(text) >= 1<<14 {
		return
	}
	s := NewScanner(delim, len(text)+1)
	s.Reset([]byte(text), ScanState{}, true)
	for i := 0; s.Next(); i++ {
		var got []string
		for k := range s.Len() {
			got = append(got, string(s.Bytes(k)))
		}
		if i >= len(want) || s.Fault() != "" || !reflect.DeepEqual(got, want[i]) {
			t.Fatalf("%q: record %d is %q (%s), encoding/csv has %q", text, i, got, s.Fault(), want)
		}
		want[i] = nil
	}
	for i, w := range want {
		if w != nil {
			t.Fatalf("%q: record %d, %q, was lost", text, i, w)
		}
	}
}

// mess makes a text of the characters that matter.
func mess(r *rand.Rand, n int) string {
	const parts = "a,b;\"\"\n\r\n  x1"
	var b strings.Builder
	for range n {
		b.WriteByte(parts[r.IntN(len(parts))])
	}
	return b.String()
}

func TestScannerAgreesWithEncodingCSV(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	agreed := 0
	for range 60_000 {
		text := mess(r, 1+r.IntN(24))
		if _, ok := oracle(text, ','); ok {
			agreed++
		}
		sameAsOracle(t, text, ',')
	}
	if agreed < 5_000 {
		t.Errorf("only %d texts were without fault", agreed)
	}
}

// TestScannerAgreesWithGocsv reads a file as gocsv decodes it into structs.
func TestScannerAgreesWithGocsv(t *testing.T) {
	type line struct {
		Order  string `csv:"Order"`
		Text   string `csv:"Text"`
		Amount string `csv:"Amount"`
	}
	var b bytes.Buffer
	b.WriteString("Order,Text,Amount\n")
	for i := range 500 {
		fmt.Fprintf(&b, "o%d,\"Reserved VM, \"\"%d\"\"\nsecond line\",%d.00\n", i, i, i)
	}
	var want []line
	if err := gocsv.UnmarshalBytes(b.Bytes(), &want); err != nil {
		t.Fatal(err)
	}
	s := NewScanner(',', 3)
	s.Reset(b.Bytes(), ScanState{}, true)
	s.Next() // the header
	for i := range want {
		if !s.Next() {
			t.Fatalf("record %d is missing", i)
		}
		if got := (line{string(s.Bytes(0)), string(s.Bytes(1)), string(s.Bytes(2))}); got != want[i] {
			t.Fatalf("record %d is %q, gocsv has %q", i, got, want[i])
		}
	}
	if s.Next() {
		t.Error("a record too many")
	}
}

// stream reads a text in blocks.
func stream(t *testing.T, text string, blockSize int) []string {
	t.Helper()
	var out []string
	s := Stream[[]string]{
		In: strings.NewReader(text), To: int64(len(text)), Delim: ',', Columns: len(text) + 1, BlockSize: blockSize,
		NewWorker: func() func(*Scanner, *[]string) {
			return func(s *Scanner, b *[]string) {
				*b = (*b)[:0]
				for len(*b) < 5 && s.Next() { // batches are full now and then
					*b = append(*b, shown(s, s.Rows()))
				}
			}
		},
		Deliver: func(b *[]string, rows int) error {
			for _, r := range *b {
				n, rest := 0, ""
				if _, err := fmt.Sscanf(r, "%d", &n); err != nil {
					return err
				}
				_, rest, _ = strings.Cut(r, " ")
				out = append(out, fmt.Sprintf("%d %s", n+rows, rest))
			}
			return nil
		},
	}
	if err := s.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestBlocksDoNotMatter: what is delivered depends on the bytes alone.
func TestBlocksDoNotMatter(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 1500 {
		text := mess(r, 1+r.IntN(300))
		want := scanAll(text, ',')
		for _, size := range []int{8, 17, 64} {
			if got := stream(t, text, size); !reflect.DeepEqual(got, want) {
				t.Fatalf("blocks of %d of %q\n got %q\nwant %q", size, text, got, want)
			}
		}
	}
}

type broken struct{ after int64 }

func (b broken) ReadAt(p []byte, at int64) (int, error) {
	if at >= b.after {
		return 0, io.ErrClosedPipe
	}
	for i := range p {
		p[i] = "a,b\n"[(at+int64(i))%4]
	}
	return len(p), nil
}

// TestStreamStops: an error of reading, of the sink or of the context ends it.
func TestStreamStops(t *testing.T) {
	full := func() func(*Scanner, *int) {
		return func(s *Scanner, n *int) {
			*n = 0
			for s.Next() {
				*n++
			}
		}
	}
	refuse := fmt.Errorf("no more room")
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	for _, c := range []struct {
		name  string
		ctx   context.Context
		in    io.ReaderAt
		sink  error
		wants error
	}{
		{"reading", context.Background(), broken{1 << 16}, nil, io.ErrClosedPipe},
		{"a file cut short", context.Background(), strings.NewReader("a,b\n"), nil, io.ErrUnexpectedEOF},
		{"the sink", context.Background(), broken{1 << 40}, refuse, refuse},
		{"the context", cancelled, broken{1 << 40}, nil, context.Canceled},
	} {
		s := Stream[int]{In: c.in, To: 1 << 20, Delim: ',', Columns: 2, BlockSize: 1 << 12, NewWorker: full,
			Deliver: func(*int, int) error { return c.sink }}
		if err := s.Run(c.ctx); err == nil || !strings.Contains(err.Error(), c.wants.Error()) {
			t.Errorf("%s: got %v, want %v", c.name, err, c.wants)
		}
	}
}

// FuzzCSV: no text makes the reader panic, lose a line, or depend on its blocks.
func FuzzCSV(f *testing.F) {
	for _, s := range []string{"a,b\n1,2\n", "\"a\nb\",c\n", "1,\"a\n2,b\n3,\"c\n4,d\n", "sep=;\na;b\n", "a\r\rb", "\xff\xfea\x00,\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		sameAsOracle(t, text, ',')
		if len(text) >= 1<<14 {
			return
		}
		if want, got := scanAll(text, ','), stream(t, text, 16); !reflect.DeepEqual(got, want) {
			t.Errorf("in blocks %.300q, whole %.300q", got, want)
		}
		if _, _, err := Open(strings.NewReader(text), int64(len(text)), filled); err != nil {
			t.Error(err)
		}
	})
}
