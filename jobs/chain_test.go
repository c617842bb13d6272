package jobs

import (
	"context"
	"os"
	"slices"
	"strings"
	"testing"
)

// A folder of reports that is gone is one finding, not two: the chain of the next
// manifest is compared with what the ledger knows.
func TestVerifyOfAFolderThatIsGone(t *testing.T) {
	s := newShop(t)
	for day := 22; day <= 23; day++ {
		if _, err := s.night(s.path("inbox"), day); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.RemoveAll(s.path("out", "2026-11-22-001")); err != nil {
		t.Fatal(err)
	}
	v, err := Verify(context.Background(), s.ledger(), s.path("out"), "test", nil)
	if err == nil && !slices.Equal(v.Versions, []string{"test"}) {
		t.Errorf("made by %q", v.Versions)
	}
	if err != nil || len(v.Problems) != 1 || !strings.HasPrefix(v.Problems[0], "2026-11-22-001: ") {
		t.Errorf("%+v, %v", v, err)
	}
}
