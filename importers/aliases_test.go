package importers

import (
	"fmt"
	"strings"
	"testing"

	"prorata/importers/table"
)

// Each line of aliases.csv is about a column that there is; in one sheet no two
// columns go by one name, and none takes the name of another.
func TestAliasesAreClear(t *testing.T) {
	used := map[string]bool{}
	for _, k := range houseSheets() {
		owner := map[string]string{}
		for _, c := range k.Columns {
			owner[table.Canonical(c.Name)] = c.Name
		}
		for _, c := range k.Columns {
			for _, l := range aliasLines() {
				if l.of == c.Name && (l.in == k.Name || l.in == "*") {
					used[l.in+","+l.of] = true
				}
			}
			if len(c.aliases) == 0 {
				t.Errorf("%s: column %s has no alias", k.Name, c.Name)
			}
			for _, a := range c.aliases {
				if other, taken := owner[a]; taken {
					t.Errorf("%s: %q is %s and %s", k.Name, a, other, c.Name)
				}
				owner[a] = c.Name
			}
		}
	}
	for _, l := range aliasLines() {
		if !used[l.in+","+l.of] {
			t.Errorf("%s,%s is no column of a house sheet", l.in, l.of)
		}
	}
}

// Each house sheet is recognised by its first aliases in each language, and reads
// as it does by its own names; refusals name the columns as the file has them.
func TestSheetsInThreeLanguages(t *testing.T) {
	for language := range 3 {
		for _, k := range houseSheets() {
			names, examples := header(k, func(Column) bool { return true })
			foreign := make([]string, len(names))
			for i, name := range names {
				foreign[i] = aliasIn(k, name, language)
			}
			if m := recognise(foreign); m.kind != k || !m.full() || m.twice != "" {
				t.Errorf("%q is not recognised as %s, but as %v, without %v", foreign, k.Name, m.kind, m.lacks)
				continue
			}
			own, other := read(t, "own", csvOf(t, names, examples)), read(t, "other", csvOf(t, foreign, examples))
			if own != other {
				t.Errorf("%s in language %d reads\n%swant\n%s", k.Name, language, other, own)
			}
		}
	}
	got := read(t, "sv", []byte("Ärende;Datum;Åtgärd;Reservationsorder;Antal\nR1;2026-02-30;Refund;o1;1\n"))
	if want := `Code="NotADate" Source=#1!2 Column="Datum"`; !strings.Contains(got, want) {
		t.Errorf("%s is missing in\n%s", want, got)
	}
}

// aliasIn is the first name of a column in a language, 0 for English.
func aliasIn(k *Kind, column string, language int) string {
	var found string
	for _, line := range strings.Split(aliasesCSV, "\n") {
		cells := strings.Split(line, ",")
		if len(cells) == 5 && cells[1] == column && (cells[0] == k.Name || cells[0] == "*") {
			found, _, _ = strings.Cut(cells[2+language], ";")
		}
	}
	return found
}

// A column under its own name is that column; one beside it that goes by an alias
// is a column like any other. Two aliases without it are told.
func TestOwnNameBeforeAlias(t *testing.T) {
	got := read(t, "both", []byte("BillingAccountId,Date,Datum,Currency,Amount\nE1,2026-12-01,2026-12-02,SEK,5\n"))
	if !strings.Contains(got, "Date=2026-12-01") {
		t.Error(got)
	}
	got = read(t, "two", []byte("BillingAccountId,Datum,Charged on,Currency,Amount\nE1,2026-12-01,2026-12-02,SEK,5\n"))
	if want := fmt.Sprintf("Code=%q", "DuplicateColumn"); !strings.Contains(got, want) {
		t.Errorf("%s is missing in\n%s", want, got)
	}
}
