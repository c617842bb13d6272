package exporters

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Whatever stands in names and descriptions, a paper comes of it, and what the
// fonts do not have is a question mark.
func TestPDFOfAnyText(t *testing.T) {
	needs(t, "pdftotext")
	night := billedNight(t)
	for _, name := range []string{"\x00\x1b[31m", "\xff\xfe", "山田商店 🎉", strings.Repeat("W", 5000), strings.Repeat("ab ", 3000), "a\u030Angstro\u0308m", "\u202Eevil", "(a) \\ <b> %"} {
		c := customers()[0]
		c.account.Name, c.account.Address, c.account.BuyerReference = name, name, name
		c.invoices[0].Lines[0].Description = name
		p := papers(t, &night, []customer{c})[1]
		_, text := drawn(t, p)
		if !strings.Contains(text, "844,53 EUR") || strings.ContainsAny(text, "\x00\x1b") {
			t.Errorf("%.20q gave\n%s", name, text)
		}
		if name == "a\u030Angstro\u0308m" && !strings.Contains(text, "ångström") {
			t.Errorf("combining marks are not composed:\n%s", text)
		}
	}
}

// However long names and addresses are, every page has the account that is paid to and
// the seller's VAT number in full, and the invoice has all that the customer wants on it.
func TestPDFCutsNothingOff(t *testing.T) {
	needs(t, "pdftotext")
	night := billedNight(t)
	s := &night.Seller
	s.Name, s.Email = "Nordiska Molntjänster för Kommuner och Regioner Aktiebolag (publ)", "kundreskontra@nordiskamolntjanster.se"
	c := longCustomer()
	c.account.ID, c.purchase.Account = "f53e373d-3213-594c-a021-1dc600a28772", "f53e373d-3213-594c-a021-1dc600a28772"
	for i := range c.invoices {
		c.invoices[i].Account = c.account.ID
	}
	c.account.BuyerReference = "Åsa Lindqvist, inköp av molntjänster och licenser, kostnadsställe 4711-998877, beställning 2026-000123, projekt 12345"
	_, text := drawn(t, papers(t, &night, []customer{c})[1])
	for _, words := range []string{"projekt 12345", "f53e373d-3213-594c-a021-\n", "1dc600a28772\n"} {
		if !strings.Contains(text, words) {
			t.Errorf("the customer's reference or number is cut, or broken elsewhere than at a hyphen; no %q:\n%s", words, text)
		}
	}
	for i, page := range strings.Split(strings.TrimSuffix(text, "\f"), "\f") {
		for _, words := range []string{"IBAN SE35 5000 0000 0549 1000 0003", "Momsreg.nr SE556732170701", "(publ)", "Faktura INV-2026-000001"} {
			if !strings.Contains(page, words) {
				t.Errorf("page %d has no %q:\n%s", i+1, words, page)
			}
		}
	}
}

// A line of Hebrew is read from its right end: pdftotext, which turns such text back,
// gives the name as it was entered, and what stands first on paper is its end. Its
// numbers, and what is not Hebrew, stand as they were entered.
func TestPDFFromRightToLeft(t *testing.T) {
	for text, want := range map[string]string{
		"ענן בע\"מ":                "מ\"עב ןנע",
		"שדרות רוטשילד 12":         "12 דלישטור תורדש",
		"מופע 3 (Standard_D4)":     "(Standard_D4) 3 עפומ",
		"Cloud (ענן) AB":           "Cloud (ןנע) AB",
		"Åkerö Bageri & Konditori": "Åkerö Bageri & Konditori",
		"Σύννεφο Α.Ε., Облако 7":   "Σύννεφο Α.Ε., Облако 7",
	} {
		if got := visual(text); got != want {
			t.Errorf("%q stands as %q, want %q", text, got, want)
		}
	}
	needs(t, "pdftotext")
	night := billedNight(t)
	c := customers()[0]
	c.account.Name = "חברת הענן הלאומית"
	if _, text := drawn(t, papers(t, &night, []customer{c})[0]); !strings.Contains(text, c.account.Name) {
		t.Errorf("the name cannot be read:\n%s", text)
	}
}

// Where question marks stand for letters, the night says of which accounts, so that
// nobody is sent a paper without his name. It is no matter of e-invoices.
func TestPDFSaysWhatItCannotShow(t *testing.T) {
	all := customers()[:3]
	all[0].account.Name = "山田商店"
	all[1].account.Name = "Nordvik\u2011Moln GmbH, Łódź" // shown with a hyphen
	night, dir := billedNight(t), t.TempDir()
	night.Settlements = listed(settlementsOf(t, all, "2026-06-02")...)
	publish(t, night, dir, PDF|Page)
	m, err := ReadManifest(filepath.Join(dir, night.Folder))
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Warnings) != 1 || m.Warnings[0].Rule != "FONT" || m.Warnings[0].Documents != 2 || !slices.Equal(m.Warnings[0].Accounts, []string{all[0].account.ID}) {
		t.Errorf("%+v", m.Warnings)
	}
	if page := folder(t, filepath.Join(dir, night.Folder))["night.html"]; !strings.Contains(string(page), "山田商店") {
		t.Errorf("the page does not tell:\n%s", page)
	}
}
