package importers

import (
	"bytes"
	"encoding/binary"
	"os"
	"strings"
	"testing"
	"unicode/utf16"
)

// TestControlCharacters: by what a terminal acts is no text, in a house sheet or an export.
func TestControlCharacters(t *testing.T) {
	for name, refused := range map[string]bool{"Åsa & Co": false, "two\nlines\tand a tab": false, "N\u00a0X": false, "N\x1b[31mX": true, "N\x7fX": true, "N\u009b31mX": true} {
		if isText([]byte(name)) == refused {
			t.Errorf("of an export: %q is refused: %t", name, !refused)
		}
		faults := refusals(t, []byte("BillingAccountId,Name,BillingType,Currency\nA1,\""+name+"\",CSP,SEK\n"))
		if got := len(faults) == 1 && faults[0].Code == "ControlCharacter"; got != refused || len(faults) > 0 && !refused {
			t.Errorf("of a house sheet: %q: %v", name, faults)
		}
	}
	if isText([]byte(strings.Repeat("a", 10) + "\xc2")) {
		t.Error("a character that is cut off is text")
	}
}

// A character that was lost is told, whichever way leads through the file: half of one in
// UTF-16, or the sign that another program left in its place.
func TestLostCharacter(t *testing.T) {
	const house = "BillingAccountId,Name,BillingType,Currency\nA1,Bj?rk,CSP,SEK\nA2,\u00c5hl\u00e9n,CSP,SEK\n"
	half := append([]byte("\xff\xfe"), utf16le(house)...)
	half[bytes.IndexByte(half, '?')+1] = 0xd8 // the first half of a pair
	for name, file := range map[string][]byte{"half a character": half, "what a program left": []byte(strings.Replace(house, "?", "\ufffd", 1))} {
		if faults := refusals(t, file); len(faults) != 1 || faults[0].Code != "Encoding" || faults[0].Column != "Name" || faults[0].Source.Row != 2 {
			t.Errorf("%s: %+v", name, faults)
		}
	}
}

func utf16le(s string) (b []byte) {
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return b
}

// The byte with which programs of DOS end a file is none of its last row, nor a row.
func TestEndOfFileByte(t *testing.T) {
	export, err := os.ReadFile("../fixtures/inbox/ReservationTransactions_MCA_202611.csv")
	if err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string][]byte{
		"a house sheet":                 []byte("BillingAccountId,Name,BillingType,Currency\r\nA1,Ann,CSP,SEK\r\nA2,Bo,CSP,SEK\r\n"),
		"one that is not plain":         []byte("Accounts;;;\r\nBillingAccountId;Name;BillingType;Currency\r\nA1;Ann;CSP;SEK\r\nA2;Bo;CSP;SEK\r\n"),
		"an export that the vendor has": export,
	} {
		if got, want := read(t, name, append(bytes.Clone(file), 0x1a)), read(t, name, file); got != want || strings.Contains(got, "refused Code") {
			t.Errorf("%s is read as\n%s\nnot as\n%s", name, got, want)
		}
	}
}
