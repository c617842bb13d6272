package table

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// TestDecode: what spreadsheet programs write (IMP-7), and what is no text.
func TestDecode(t *testing.T) {
	const text = "Namn;Belopp\nBjörk & Åström AB;1 234,56 €\n"
	w1252, _ := charmap.Windows1252.NewEncoder().String(text)
	le, _ := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(text)
	be, _ := unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().String(text)
	for name, in := range map[string]string{
		"UTF-8": text, "UTF-8 with a mark": "\ufeff" + text, "Windows-1252": w1252,
		"UTF-16 LE": le, "UTF-16 BE": be, "UTF-16 LE without a mark": le[2:], "UTF-16 BE without a mark": be[2:],
	} {
		got, problem := Decode([]byte(in))
		if problem != nil || string(got) != text {
			t.Errorf("%s is read as %q, %v", name, got, problem)
		}
	}
	for name, in := range map[string]string{
		"a NUL byte": "a,b\x00\n", "UTF-8 that is none": "\xef\xbb\xbfa\xff", "half a character": "\xff\xfea", "what Windows-1252 has not": "a\x81b",
	} {
		if got, problem := Decode([]byte(in)); problem == nil || problem.Code != "Encoding" {
			t.Errorf("%s is read as %q", name, got)
		}
	}
}

// Text of another code page is not read as Windows-1252, for the names of customers go onto
// documents. What people write in the languages of Windows-1252 is.
func TestCodePages(t *testing.T) {
	for _, c := range []struct {
		page *charmap.Charmap
		name string
		word string // as it would be read; empty where it is right
	}{
		{charmap.Windows1250, "Nowa Spółka Łódź", "Spó³ka"}, {charmap.Windows1250, "Żabka; Białystok", "Bia³ystok"}, {charmap.Windows1251, "ООО Ромашка", "Ðîìàøêà"},
		{charmap.Windows1253, "Αθήνα ΑΕ", "ÁèÞíá"}, {charmap.Windows1252, "Björk & Åström AB, Malmö", ""}, {charmap.Windows1252, "“Société Générale” – l’Été, Œuvre…", ""},
		{charmap.Windows1252, "¿Qué? 1ª planta, nº2, 20 m³; 5€/£3", ""}, {charmap.Windows1252, "Größe Jäääär Þórðarson Il·lustre", ""},
	} {
		file, err := c.page.NewEncoder().String("Name\n" + c.name + "\n")
		if err != nil {
			t.Fatal(err)
		}
		got, problem := Decode([]byte(file))
		if c.word == "" && (problem != nil || !strings.Contains(string(got), c.name)) || c.word != "" && (problem == nil || problem.Value != c.word) {
			t.Errorf("%s is read as %q, %v", c.name, got, problem)
		}
	}
}

// TestDelimiters: comma, semicolon, tab, pipe, a line sep=, title rows, blank
// rows, rows whose fields do not fit the header.
func TestDelimiters(t *testing.T) {
	score := func(cells []string) int {
		if strings.Join(cells[:min(2, len(cells))], "+") == "Order+Amount" {
			return Sure
		}
		return 0
	}
	for in, want := range map[string]string{
		"Order,Amount\na,1\n":                               "1: 2 [a 1]",
		"Order;Amount\na;1,5\n":                             "1: 2 [a 1,5]",
		"Order\tAmount\na\t1\n":                             "1: 2 [a 1]",
		"Order|Amount\na|1\n":                               "1: 2 [a 1]",
		"sep=;\nOrder;Amount\na;1\n":                        "2: 3 [a 1]",
		"Report, of today\n\n;;\nOrder;Amount\n\na;1\n;;\n": "4: 6 [a 1]",
		"Order,Amount\r\"a\",1\r":                           "1: 2 [a 1]",
		"Order,Amount\ra,1\r\n":                             "1: 2 [a 1]",
		"Order,Amount\r\r\na,1\r\r\n":                       "1: 2 [a 1\r]", // and as others end them twice
		"Order,Amount\na\nb,1,2\nc,2,\nd,\"x\"y\n":          "1: 2 FieldCount 3 FieldCount 4 FieldCount 5 BadQuoting",
	} {
		tables, problem, err := Open(strings.NewReader(in), int64(len(in)), score)
		if problem != nil || err != nil || len(tables) != 1 {
			t.Errorf("%q: %v %v %v", in, tables, problem, err)
			continue
		}
		got := fmt.Sprintf("%d:", tables[0].HeaderRow)
		for _, r := range tables[0].Rows {
			if got += fmt.Sprintf(" %d ", r.Number); r.Fault != "" {
				got += r.Fault
			} else {
				got += fmt.Sprint(r.Cells)
			}
		}
		if got != want {
			t.Errorf("%q\n got %s\nwant %s", in, got, want)
		}
	}
}

// TestTooMuch: every bound of a file that is read whole is a Problem, not a crash.
func TestTooMuch(t *testing.T) {
	for name, c := range map[string]struct{ in, code string }{
		"rows":   {"a,b\n" + strings.Repeat("1,2\n", MaxRows+1), "TooManyRows"},
		"an xls": {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "BadContainer"},
		"a PDF":  {"%PDF-1.7", "BadContainer"},
		"a zip":  {"PK\x03\x04 and nothing more", "BadContainer"},
		"a page": {"<html></html>", "BadContainer"},
		"cells":  {strings.Repeat("a"+strings.Repeat(",", 1999)+"\n", 8500), "FileTooLarge"},
	} {
		tables, problem, err := Open(strings.NewReader(c.in), int64(len(c.in)), filled)
		if err != nil {
			t.Fatal(name, err)
		}
		if len(tables) == 1 {
			problem = tables[0].Problem
		}
		if problem == nil || problem.Code != c.code {
			t.Errorf("%s: got %+v, want %s", name, problem, c.code)
		}
	}
	wide := strings.Repeat("h,", MaxColumns) + "h\n" + "a,b\n" + strings.Repeat("x", MaxCell+1) + strings.Repeat(",", MaxColumns-1) + "\n"
	tables, _, err := Open(strings.NewReader(wide), int64(len(wide)), filled)
	if err != nil || len(tables) != 1 || len(tables[0].Rows) != 2 || tables[0].Rows[1].Fault != "TooLong" {
		t.Errorf("a wide file with a long cell: %v", err)
	}
}

func TestCanonical(t *testing.T) {
	for _, h := range []string{"ReservationOrderId", "reservation order id", " Reservation_Order.ID ", "\ufeffReservationOrderId", "Reservation\u00a0Order Id", "ReservationOrderId *", "Reservation order id:"} {
		if got := Canonical(h); got != "reservationorderid" {
			t.Errorf("%q is %q", h, got)
		}
	}
	if Canonical("ÅÄÖ") != "åäö" {
		t.Error("letters of any script are lowered")
	}
}
