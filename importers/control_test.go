package importers

import (
	"strings"
	"testing"
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
