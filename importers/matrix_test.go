package importers

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"prorata/invoicing/money"
)

// written is how a locale writes numbers and dates.
type written struct {
	name, group, decimal string
	date                 func(d money.Date) string
}

func dated(layout string) func(money.Date) string {
	return func(d money.Date) string {
		iso := d.String()
		return strings.NewReplacer("Y", iso[:4], "M", iso[5:7], "D", iso[8:]).Replace(layout)
	}
}

var eightLocales = []written{
	{"sv", "\u00a0", ",", dated("Y-M-D")}, {"de", ".", ",", dated("D.M.Y")}, {"en-US", ",", ".", dated("M/D/Y")}, {"en-GB", ",", ".", dated("D/M/Y")},
	{"fr", "\u00a0", ",", dated("D/M/Y")}, {"de-CH", "’", ".", dated("D.M.Y")}, {"nl", ".", ",", dated("D-M-Y")}, {"nb", " ", ",", dated("D.M.Y")},
}

// number writes a plain number with groups.
func (w *written) number(plain string) string {
	whole, frac, has := strings.Cut(plain, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + w.group + whole[i:]
	}
	if has {
		return whole + w.decimal + frac
	}
	return whole
}

// matrixFiles is an inbox of house sheets: dates are written 2026-11-22 and numbers
// 1234.5, marked with @ and #, and stand for what a locale makes of them.
var matrixFiles = []string{
	"BillingAccountId|Name|BillingType|Currency|TaxRate|CommitmentStart\n" +
		"E1|Björk & Åström AB|EA|SEK|#25|\nC1|Größe; GmbH|CSP|EUR|#7.7|\n",
	"ReservationOrderId|BillingAccountId|PurchaseDate|Term|BillingPlan|ProductType|Sku|Region|Quantity|Currency|Amount\n" +
		"o1|E1|@2026-03-01|P1Y|Upfront|VirtualMachines|Standard_D2s_v5|swedencentral|#3|SEK|#9000.50\n" +
		"o2|E1|@2026-04-05|P3Y|Monthly|VirtualMachines|Standard_D2s_v5|swedencentral|#1200|SEK|#1234\n" +
		"o3|C1|@2026-11-22|P1Y|Upfront|VirtualMachines|Standard_D2s_v5|swedencentral|#1|EUR|#1234567.25\n",
	// Nothing settles these dates and amounts: read the one right way, or refused.
	"BillingAccountId|Date|Currency|Amount|Description\n" +
		"E1|@2026-03-04|SEK|#1234|Överskott\nE1|@2026-05-06|SEK|#5678|två, tre\nE1|@2026-07-07|SEK|#12|\n",
	"RequestId|RequestDate|Action|ReservationOrderId|Quantity|RequestedBy|VendorAmountUSD\n" +
		"R1|@2026-11-21|Refund|o1|#1|Anna Öberg|#1000.25\nR2|@2026-11-02|Refund|o2|#2|\"Bo\" Ek|\n",
}

func (w *written) file(t *testing.T, template string, delim rune) []byte {
	t.Helper()
	var b strings.Builder
	for _, line := range strings.Split(strings.TrimSuffix(template, "\n"), "\n") {
		for i, cell := range strings.Split(line, "|") {
			if iso, ok := strings.CutPrefix(cell, "@"); ok {
				d, err := money.ParseDate(iso)
				if err != nil {
					t.Fatal(err)
				}
				cell = w.date(d)
			} else if plain, ok := strings.CutPrefix(cell, "#"); ok {
				cell = w.number(plain)
			}
			if i > 0 {
				b.WriteRune(delim)
			}
			if strings.ContainsAny(cell, string(delim)+"\"") {
				cell = `"` + strings.ReplaceAll(cell, `"`, `""`) + `"`
			}
			b.WriteString(cell)
		}
		b.WriteString("\r\n")
	}
	return []byte(b.String())
}

// IMP-7: 8 locales, 4 delimiters and 4 encodings over one inbox: every row reads as
// what it says or is refused, none as something else; and with the locale named,
// none is refused.
func TestMatrixOfLocales(t *testing.T) {
	plain := written{date: dated("Y-M-D"), decimal: "."}
	encodings := map[string]func([]byte) ([]byte, error){
		"UTF-8":          func(b []byte) ([]byte, error) { return b, nil },
		"UTF-8 with BOM": func(b []byte) ([]byte, error) { return append([]byte("\xef\xbb\xbf"), b...), nil },
		"UTF-16":         unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes,
		"Windows-1252":   charmap.Windows1252.NewEncoder().Bytes,
	}
	refused, rows := 0, 0
	for _, template := range matrixFiles {
		want := records(t, plain.file(t, template, '|'))
		for _, w := range eightLocales {
			named, err := ParseLocale(w.name)
			if err != nil {
				t.Fatal(err)
			}
			for _, delim := range ",;\t|" {
				for encoding, encode := range encodings {
					file, err := encode(w.file(t, template, delim))
					if err != nil {
						t.Fatal(err)
					}
					what := fmt.Sprintf("%s, %q, %s", w.name, delim, encoding)
					got := records(t, file)
					for _, r := range got {
						if !slices.Contains(want, r) {
							t.Errorf("%s: %s is none of %q", what, r, want)
						}
					}
					refused, rows = refused+len(want)-len(got), rows+len(want)
					if got := recordsIn(t, file, Reading{Locale: named}); !slices.Equal(got, want) {
						t.Errorf("%s, by its locale: got %q, want %q", what, got, want)
					}
				}
			}
		}
	}
	if refused == 0 || refused*4 > rows {
		t.Errorf("%d of %d rows are refused without a locale", refused, rows)
	}
}

// recordsIn is records read as a sender writes.
func recordsIn(t *testing.T, file []byte, how Reading) []string {
	t.Helper()
	var r recorder
	if _, err := how.Read(context.Background(), "file", bytes.NewReader(file), int64(len(file)), 1, &r); err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, line := range r.lines {
		if before, _, ok := strings.Cut(line, " Source=#"); ok && !strings.HasPrefix(line, "  ") {
			out = append(out, before)
		}
	}
	slices.Sort(out)
	return out
}
