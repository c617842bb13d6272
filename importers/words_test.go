package importers

import (
	"slices"
	"strings"
	"testing"
)

// Each line of words.csv is about a value of a column that there is, no word
// stands for two values of one column, and every list that people choose from has
// words, but for codes that are the same in all languages.
func TestWordsAreClear(t *testing.T) {
	columns := map[string]Column{"Term": {Values: []string{"P1Y", "P3Y", "P5Y"}}, "RequesterRole": {Values: []string{"Owner", "ReservationAdministrator"}}}
	for _, k := range houseSheets() {
		for _, c := range k.Columns {
			if len(c.Values) > 0 {
				columns[c.Name] = c
				if len(c.words) == 0 && c.Name != "TaxCategory" && c.Name != "ProductType" {
					t.Errorf("%s: the values of %s have no words", k.Name, c.Name)
				}
			}
		}
	}
	said := map[string]string{}
	for _, l := range wordLines() {
		if !slices.Contains(columns[l.in].Values, l.of) {
			t.Errorf("%s is no value of a column %s", l.of, l.in)
		}
		for _, w := range append(l.names, l.of) {
			key := l.in + " " + bareWord(w)
			if other, taken := said[key]; taken && other != l.of {
				t.Errorf("%s: %q is %s and %s", l.in, w, other, l.of)
			}
			said[key] = l.of
			if len(w) > maxWordSaid {
				t.Errorf("%q is longer than what is looked up", w)
			}
		}
	}
}

// A sheet whose values are written in Swedish or German reads as the same in the
// program's own words (IMP-7).
func TestValuesInThreeLanguages(t *testing.T) {
	requests := func(rows ...string) []string {
		const header = "RequestId;RequestDate;Action;ExchangeId;ReservationOrderId;Quantity;RequesterRole;Used;Term;BillingPlan;ProductType;Sku;Currency;Amount;Funding\n"
		return records(t, []byte(header+strings.Join(rows, "\n")+"\n"))
	}
	want := requests("R1;2026-11-02;Refund;;o1;1;Owner;No;;;;;;;", "R2;2026-11-02;Return;X;o1;1;Owner;Yes;;;;;;;",
		"R3;2026-11-02;Purchase;X;o9;1;Owner;;P3Y;Monthly;VirtualMachines;D2;SEK;9;Prepayment")
	for language, got := range map[string][]string{
		"Swedish": requests("R1;2026-11-02;Återbetalning;;o1;1;Ägare;Nej;;;;;;;", "R2;2026-11-02;retur;X;o1;1;ägare;JA;;;;;;;",
			"R3;2026-11-02;Köp;X;o9;1;Ägare;;3 år;Månadsvis;VirtualMachines;D2;SEK;9;Förbetalt"),
		"German": requests("R1;2026-11-02;Rückerstattung;;o1;1;Besitzer;Nein;;;;;;;", "R2;2026-11-02;Rückgabe;X;o1;1;Eigentümer;Ja;;;;;;;",
			"R3;2026-11-02;Kauf;X;o9;1;Besitzer;;3 Jahre;monatlich;VirtualMachines;D2;SEK;9;Vorauszahlung"),
		"text programs": requests("R1;2026-11-02;Åter\u00adbetalning;;o1;1;Ägare\u200b;Nej;;;;;;;", "R2;2026\u201111\u201102;retur;X;o1;1;Owner;JA;;;;;;;",
			"R3;2026-11-02;New\u00a0purchase;X\ufeff;o9;1;Owner;;3\u00a0år;Månads\u00advis;VirtualMachines;D2;SEK;9;Pre\u00adpaid"),
	} {
		if len(want) != 3 || !slices.Equal(got, want) {
			t.Errorf("%s reads\n%s\nwant\n%s", language, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

// A word that could mean two things is refused as it was written, with the list.
func TestWordOfTwoMeanings(t *testing.T) {
	for _, word := range []string{"Cancel", "Storno", "Makulera", "Återköp"} {
		faults := refusals(t, []byte("RequestId,RequestDate,Action,ReservationOrderId,Quantity\nR1,2026-11-02,"+word+",o1,1\n"))
		if len(faults) != 1 || faults[0].Code != "UnknownValue" || faults[0].Value != word || !strings.Contains(faults[0].Expected, "Refund, Return, Purchase") {
			t.Errorf("%s is refused as %+v", word, faults)
		}
	}
}
