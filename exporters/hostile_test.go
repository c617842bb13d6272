package exporters

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"prorata/invoicing/reconcile"
)

// mark is in every hostile text, so that it can be looked for.
const mark = "h0stile"

// hostiles are beginnings that a program may take for something to do.
var hostiles = []string{
	"=HYPERLINK(\"http://evil.example\",\"" + mark + "\")", "+" + mark, "-1+" + mark, "@SUM(1)" + mark, "\t=" + mark, "\r=" + mark, "x;=1" + mark,
	"\n2026-01-01 * " + mark + "\n    Receivable:X  1.00 EUR", "\naccount " + mark, "<script>alert('" + mark + "')</script>", "\" onmouseover=\"" + mark + "\" x=\"",
	"]]><" + mark + "/>&lt;&amp;", "){{.}}{{" + mark + "}}", "(/S /JavaScript /JS (" + mark + "))", "../../" + mark, "\x00\x1b[31m" + mark, "\u202egpj." + mark, "'" + mark, "_x003D_1" + mark,
	"; " + mark + " | x  1.00 SEK", "javascript:alert(1)//" + mark, "\xff\xfe" + mark, "\u00a0=" + mark, strings.Repeat(mark, 5000),
}

// spoiler replaces texts by hostile ones: the same text always by the same one, so
// that what refers to something still does.
type spoiler struct{ by map[string]string }

func (s *spoiler) text(was string) string {
	if _, ok := s.by[was]; !ok {
		n := len(s.by)
		s.by[was] = hostiles[n%len(hostiles)] + fmt.Sprint(n)
	}
	return s.by[was]
}

// spoil walks all that a value holds.
func (s *spoiler) spoil(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		if v.CanSet() && v.String() != "" && v.Type() == reflect.TypeFor[string]() {
			v.SetString(s.text(v.String()))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			s.spoil(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() && (v.Type() != reflect.TypeFor[reconcile.Line]() || v.Type().Field(i).Name != "ID") { // which is made here
				s.spoil(v.Field(i))
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			s.spoil(v.Index(i))
		}
	}
}

// hostileNight is the hand-made night with every text from outside spoilt, and a
// few documents of a seller that is well.
func hostileNight(t *testing.T) Night {
	night := theNight()
	night.Seller = theSeller()
	s := &spoiler{by: map[string]string{}}
	night.Settlements = spoilt(t, s, night.Settlements)
	night.Standings = spoilt(t, s, night.Standings)
	night.Refusals = spoilt(t, s, night.Refusals)
	night.Reconciliation = spoilt(t, s, night.Reconciliation)
	for i := range night.Inputs {
		night.Inputs[i].Name = s.text(night.Inputs[i].Name)
	}
	if len(s.by) < 60 {
		t.Fatalf("only %d texts were spoilt", len(s.by))
	}
	return night
}

func spoilt[T any](t *testing.T, s *spoiler, seq iter.Seq2[T, error]) iter.Seq2[T, error] {
	t.Helper()
	all := collected(t, seq)
	for i := range all {
		s.spoil(reflect.ValueOf(&all[i]).Elem())
	}
	return listed(all...)
}

// OUT-7 over all outputs: whatever a text from outside says, no program that opens
// an output takes it for anything but text.
func TestNoOutputExecutesAnything(t *testing.T) {
	night := hostileNight(t)
	dir := t.TempDir()
	publish(t, night, dir, AllFormats)
	root := filepath.Join(dir, night.Folder)
	seen := map[string]int{}
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		kind := filepath.Ext(path)
		seen[kind]++
		if check := harmless[kind]; check == nil {
			t.Errorf("%s: nothing is known of such a file", d.Name())
		} else {
			check(t, path, body)
		}
		if strings.Contains(d.Name(), mark) {
			t.Errorf("a file is called %q", d.Name())
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for kind := range harmless {
		if seen[kind] == 0 && kind != ".xml" { // a hostile account lacks what an e-invoice needs; see TestNoEInvoiceExecutesAnything
			t.Errorf("no %s was written", kind)
		}
	}
}

// harmless are what each kind of file must be, by its ending.
var harmless = map[string]func(t *testing.T, path string, body []byte){
	".csv": harmlessCSV, ".xlsx": harmlessWorkbook, ".html": harmlessPage, ".hledger": harmlessJournal, ".json": harmlessJSON, ".pdf": harmlessPDF, ".xml": harmlessXML,
}

var plainAmount = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?$`)

// cellExecutes reports whether a spreadsheet program may take a cell, or an item of a
// list that a person may cut out of it, for a formula.
func cellExecutes(cell string) bool {
	for _, item := range strings.Split(cell, ";") {
		if item = strings.Trim(item, ` "`); item != "" && strings.ContainsRune("=+-@\t\r", rune(item[0])) && !plainAmount.MatchString(cell) {
			return true
		}
	}
	return false
}

func harmlessCSV(t *testing.T, path string, body []byte) {
	r := csv.NewReader(bytes.NewReader(body))
	rows, err := r.ReadAll()
	if err != nil {
		t.Errorf("%s: %v", path, err)
	}
	for _, row := range rows {
		for _, cell := range row {
			if cellExecutes(cell) {
				t.Errorf("%s: a cell is %.80q", filepath.Base(path), cell)
			}
		}
	}
}

func harmlessWorkbook(t *testing.T, path string, _ []byte) {
	book := openWorkbook(t, path)
	cells := 0
	for _, sheet := range book.GetSheetList() {
		rows, err := book.GetRows(sheet, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		for r := range rows {
			for c, cell := range rows[r] {
				at := cellAt(c, r+1)
				kind, err := book.GetCellType(sheet, at)
				if err != nil {
					t.Fatal(err)
				}
				if !strings.Contains(cell, mark) && !strings.Contains(formulaOf(t, book, sheet, at), mark) {
					continue
				}
				cells++
				link := strings.HasPrefix(formulaOf(t, book, sheet, at), "HYPERLINK(")
				if formulaOf(t, book, sheet, at) != "" && !link || kind == excelize.CellTypeFormula && !link || cellExecutes(cell) {
					t.Errorf("%s!%s is %.80q, =%.200q", sheet, at, cell, formulaOf(t, book, sheet, at))
				}
				if link {
					harmlessLink(t, formulaOf(t, book, sheet, at))
				}
			}
		}
	}
	if cells < 50 {
		t.Errorf("%d hostile cells in the workbook", cells)
	}
}

// harmlessLink requires of a link that it leads to a file beside the workbook or
// within it, and that its texts end where they should.
func harmlessLink(t *testing.T, formula string) {
	if !regexp.MustCompile(`^HYPERLINK\("(documents/[^"/]*|#'[A-Za-z ]+'!A[0-9]+)","([^"]|"")*"\)$`).MatchString(formula) {
		t.Errorf("a link is =%.200q", formula)
	}
}

// harmlessPage reads the page by a parser that is not ours: a hostile text is never
// a name of an element, an attribute or anything but a text or a title.
func harmlessPage(t *testing.T, path string, body []byte) {
	d := xml.NewDecoder(bytes.NewReader(body))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	texts := 0
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		switch x := token.(type) {
		case xml.StartElement:
			if name := strings.ToLower(x.Name.Local); name == "script" || strings.Contains(name, mark) {
				t.Errorf("the page has the element <%s>", name)
			}
			for _, a := range x.Attr {
				name := strings.ToLower(a.Name.Local)
				if strings.HasPrefix(name, "on") || strings.Contains(name, mark) || name == "href" && strings.HasPrefix(strings.TrimSpace(strings.ToLower(a.Value)), "javascript") {
					t.Errorf("<%s %s=%.80q>", x.Name.Local, name, a.Value)
				}
			}
		case xml.CharData:
			texts += strings.Count(string(x), mark)
		}
	}
	if texts < 10 {
		t.Errorf("%d hostile texts on the page", texts)
	}
}

// harmlessJournal: a hostile text begins no line and opens no posting.
func harmlessJournal(t *testing.T, path string, body []byte) {
	for _, line := range strings.Split(string(body), "\n") {
		at := strings.Index(line, mark)
		head := regexp.MustCompile(`^(account [A-Za-z]+:|    [A-Za-z]+:|[0-9]{4}-[0-9]{2}-[0-9]{2} \()`)
		if at >= 0 && !head.MatchString(line) {
			t.Errorf("a line of the journal is %.120q", line)
		}
	}
	if hledger, err := exec.LookPath("hledger"); err == nil {
		if said, err := exec.Command(hledger, "-f", path, "check", "--strict").CombinedOutput(); err != nil {
			t.Errorf("hledger: %v\n%.400s", err, said)
		}
	}
}

func harmlessJSON(t *testing.T, path string, body []byte) {
	if !json.Valid(body) {
		t.Errorf("%s is no JSON", filepath.Base(path))
	}
}

// harmlessPDF: no action, no link, no form; texts are glyphs in a font, not strings.
func harmlessPDF(t *testing.T, path string, body []byte) {
	for _, key := range []string{"/JavaScript", "/JS", "/OpenAction", "/AA", "/Launch", "/URI", "/AcroForm", "/EmbeddedFile", mark} {
		if bytes.Contains(body, []byte(key)) {
			t.Errorf("%s has %s", filepath.Base(path), key)
		}
	}
	if info, err := exec.LookPath("pdfinfo"); err == nil {
		if said, err := exec.Command(info, path).CombinedOutput(); err != nil || bytes.Contains(said, []byte("Error")) {
			t.Errorf("%s: %v %s", filepath.Base(path), err, said)
		}
	}
}

func harmlessXML(t *testing.T, path string, body []byte) {
	root, err := parsed(body)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	root.each(func(e *element) {
		if strings.Contains(e.name, mark) {
			t.Errorf("%s has the element %s", filepath.Base(path), e.name)
		}
	})
}

// An e-invoice to an account whose every text is hostile has them all as texts.
func TestNoEInvoiceExecutesAnything(t *testing.T) {
	night := billedNight(t)
	for _, hostile := range hostiles {
		c := equipped(customers()[0])
		for _, text := range []*string{&c.account.Name, &c.account.Address, &c.account.City, &c.account.BuyerReference, &c.invoices[0].Lines[0].Description} {
			*text = hostile + "x"
		}
		for _, p := range taxedPapers(t, &night, c) {
			e := p.ubl()
			if broken := brokenRules(e); len(broken) > 0 {
				t.Errorf("%.40q: the %s breaks %v", hostile, e.name, ruleIDs(broken))
			}
			harmlessXML(t, p.document.Number, e.bytes())
			back, err := parsed(e.bytes())
			if err != nil || back.first("cac:AccountingCustomerParty/cac:Party/cac:PartyName/cbc:Name") != plainText(hostile+"x") {
				t.Errorf("%.40q is read back as %.80q, %v", hostile, back.first("cac:AccountingCustomerParty/cac:Party/cac:PartyName/cbc:Name"), err)
			}
		}
	}
}
