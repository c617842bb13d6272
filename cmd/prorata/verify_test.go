package main

import (
	"errors"
	"io"
	"strings"
	"testing"

	"prorata/jobs"
)

// An auditor's script tells by the exit code alone whether something was changed, or
// only another version of the program comes to something else.
func TestVerifyEndsByItsTwoVerdicts(t *testing.T) {
	other := jobs.OtherNight{Run: 2, Folder: "2026-11-23-001", Version: "0.9",
		Decisions: jobs.Found{N: 7, First: []string{"R-2: kept Approved; done again Rejected NotOwner"}}}
	for _, c := range []struct {
		name string
		v    jobs.Verification
		exit int
		says []string
	}{
		{"all is well", jobs.Verification{Intact: true, Settlements: 2}, exitDone, []string{"kept        as it was", "done again  all comes out as it was"}},
		{"a report was changed", jobs.Verification{Problems: []string{"2026-11-23-001: decisions.csv has changed"}}, exitFailed,
			[]string{"decisions.csv has changed", "kept        not as it was", "done again  not", "do not trust these reports"}},
		{"a file was put there whose name moves a terminal's cursor", jobs.Verification{Problems: []string{"2026-11-23-001: \x1b[2Jx is not listed in the manifest"}}, exitFailed,
			[]string{"2026-11-23-001: ?[2Jx is not listed"}},
		{"another version comes to something else", jobs.Verification{Version: "1.0", Intact: true, Others: []jobs.OtherNight{other}}, exitOther,
			[]string{"kept        as it was", "done again  by version 1.0, 1 night comes out otherwise", "run 2, 2026-11-23-001, made by version 0.9", "7 decisions otherwise",
				"R-2: kept Approved; done again Rejected NotOwner", "and 6 more", "nothing that was read or published has changed", "take version 0.9, which manifest.json in 2026-11-23-001 names"}},
		{"the same version comes to something else", jobs.Verification{Version: "0.9", Intact: true, Others: []jobs.OtherNight{other}, Problems: []string{"run 2 comes out otherwise"}}, exitFailed,
			[]string{"kept        as it was", "1 night comes out otherwise", "do not trust these reports"}},
	} {
		var out strings.Builder
		if err := writeVerification(&out, &c.v); err != nil {
			t.Fatal(err)
		}
		con := &console{stdout: io.Discard, stderr: &out}
		if code := con.exit("verify", verified(&c.v)); code != c.exit {
			t.Errorf("%s: exit code %d, want %d", c.name, code, c.exit)
		}
		for _, says := range c.says {
			if !strings.Contains(out.String(), says) {
				t.Errorf("%s: it does not say %q:\n%s", c.name, says, out.String())
			}
		}
	}
}

// A night that this version cannot do again is no tampering either.
func TestVerifyTellsNightsThatCannotBeDoneAgain(t *testing.T) {
	stopped := errors.New("the policies of run 1: unknown key")
	got := unverified(&jobs.Verification{Version: "2.0", Versions: []string{"1.0"}, Intact: true}, stopped)
	if !errors.Is(got, stopped) || !strings.Contains(got.Error(), "every hash holds, but the nights cannot be done again: the policies of run 1") ||
		!strings.Contains(got.Error(), "nights were made by 1.0: verify with") {
		t.Error(got)
	}
	for _, v := range []*jobs.Verification{nil, {}} {
		if got := unverified(v, stopped); got != stopped {
			t.Errorf("nothing is known of the hashes, and it says %v", got)
		}
	}
}

// Where another version made nights, what verify finds may be the version's doing.
func TestVerifyNamesTheVersionThatMadeNights(t *testing.T) {
	for _, versions := range [][]string{nil, {"1.1"}} {
		if got := madeByAnother(versions, "1.1"); got != "" {
			t.Errorf("nights of %q: %s", versions, got)
		}
	}
	if got := madeByAnother([]string{"0.9", "1.1", "1.0"}, "1.1"); !strings.Contains(got, "this is version 1.1, and nights were made by 0.9, 1.0: verify with") {
		t.Error(got)
	}
}
