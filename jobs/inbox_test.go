package jobs

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"prorata/exporters"
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
	"prorata/jobs/durable"
	"prorata/jobs/ledger"
)

const (
	accountsCSV     = "BillingAccountId,Name,BillingType,Currency,TaxRate\nC1,Åkes Bygg AB,CSP,USD,25\n"
	reservationsCSV = "ReservationOrderId,BillingAccountId,PurchaseDate,Term,BillingPlan,ProductType,Sku,Region,Quantity,Currency,Amount,Invoice\n" +
		"O-1,C1,2026-01-01,P1Y,Upfront,VirtualMachines,Standard_D2s_v5,swedencentral,1,USD,1200.00,V-77\n"
	requestsCSV = "RequestId,RequestDate,Action,ReservationOrderId,Quantity,RequesterRole,Used\nR-1,2026-01-07,Refund,O-1,1,Owner,Yes\n"
	badCSV      = "RequestId,RequestDate,Action,ReservationOrderId,Quantity,RequesterRole,Used\nR-2,2026-01-08,Refund,O-1,one,Owner,Yes\n"
)

// shop is an inbox and a ledger in a folder of their own.
type shop struct {
	t    *testing.T
	dir  string
	name string // of the ledger
	// between happens between the two looks of an ingest.
	between func()
	formats exporters.Formats // of its nights
	log     zerolog.Logger
}

func newShop(t *testing.T) *shop {
	s := &shop{t: t, dir: t.TempDir(), name: "l.db", formats: exporters.CSV}
	s.drop("accounts.csv", accountsCSV)
	s.drop("reservations.csv", reservationsCSV)
	s.drop("requests.csv", requestsCSV)
	return s
}

func (s *shop) path(parts ...string) string {
	return filepath.Join(append([]string{s.dir}, parts...)...)
}
func (s *shop) ledger() string { return s.path(s.name) }

func (s *shop) drop(name, body string) {
	s.t.Helper()
	path := s.path("inbox", name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(body), 0o644)); err != nil {
		s.t.Fatal(err)
	}
}

func (s *shop) ingest() (*Ingested, error) { return s.ingesting().Do(context.Background()) }

func (s *shop) ingesting() *Ingest {
	return &Ingest{Inbox: s.path("inbox"), Ledger: s.ledger(), Date: money.DateOf(2026, 11, 22), Log: s.log,
		Wait: func(context.Context, time.Duration) error {
			if s.between != nil {
				s.between()
			}
			return nil
		}}
}

func (s *shop) night(inbox string, day int) (*Report, error) {
	r := s.run(inbox, day)
	return r.Do(context.Background())
}

func (s *shop) run(inbox string, day int) Run {
	p, err := policy.Builtin(policy.DefaultID)
	if err != nil {
		s.t.Fatal(err)
	}
	return Run{Inbox: inbox, Out: s.path("out"), Ledger: s.ledger(), AsOf: money.DateOf(2026, 11, day), Policies: policy.Chain{{Policy: p}},
		Formats: s.formats, Version: "test", Log: s.log}
}

// failing lets durable steps fail as step says, until the test ends.
func failing(t *testing.T, step func(name string) error) {
	before := durable.Failpoint
	t.Cleanup(func() { durable.Failpoint = before })
	durable.Failpoint = step
}

// files lists what lies in the inbox, with its folders.
func (s *shop) files() (all []string) {
	s.t.Helper()
	err := filepath.WalkDir(s.path("inbox"), func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(s.path("inbox"), path)
			all = append(all, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return all
}

// published is the manifest of a folder, which has the hash of every other file.
func (s *shop) published(folder string) string {
	s.t.Helper()
	body, err := os.ReadFile(s.path("out", folder, "manifest.json"))
	if err != nil {
		s.t.Fatal(err)
	}
	return string(body)
}

// A file whose name and its sender's are together longer than a copy's can be is not
// taken out of sight: it is told, and the others are taken.
func TestIngestLeavesANameThatIsTooLong(t *testing.T) {
	s := newShop(t)
	name := strings.Repeat("s", 60) + "/" + strings.Repeat("n", 200) + ".csv"
	s.drop(name, requestsCSV)
	in, err := s.ingest()
	if err == nil || !strings.Contains(err.Error(), "have 267 bytes") || len(in.Files) != 3 || !slices.Contains(s.files(), name) {
		t.Errorf("%+v, %v; the inbox has %q", in, err, s.files())
	}
}

// What ingest took between nights is settled as if it had lain in the inbox: the
// folder is the same, byte for byte.
func TestIngestedNightIsTheNight(t *testing.T) {
	calm, busy := newShop(t), newShop(t)
	if _, err := calm.night(calm.path("inbox"), 22); err != nil {
		t.Fatal(err)
	}
	in, err := busy.ingest()
	if err != nil || len(in.Files) != 3 || in.Refused != 0 {
		t.Fatalf("%+v, %v", in, err)
	}
	want := []string{"processed/2026-11-22/accounts.csv", "processed/2026-11-22/requests.csv", "processed/2026-11-22/reservations.csv"}
	if got := busy.files(); !slices.Equal(got, want) {
		t.Errorf("the inbox has %v, want %v", got, want)
	}
	report, err := busy.night("", 22)
	if err != nil || report.Decided["Approved"] != 1 {
		t.Fatalf("%+v, %v", report, err)
	}
	if calm.published("2026-11-22-001") != busy.published("2026-11-22-001") {
		t.Error("the night of what was ingested is another")
	}
	if waiting, err := waitingFiles(busy.ledger()); err != nil || len(waiting) > 0 {
		t.Errorf("%d files wait still, %v", len(waiting), err)
	}
	busy.drop("requests.csv", requestsCSV) // the same file again is a no-op (IMP-9)
	if in, err := busy.ingest(); err != nil || len(in.Files) != 1 || !strings.HasSuffix(in.Files[0].Moved, "requests (2).csv") {
		t.Errorf("%+v, %v", in, err)
	}
	if report, err := busy.night("", 22); err != nil || report.Run != 0 || len(report.Files) != 1 || !report.Files[0].Again {
		t.Errorf("%+v, %v", report, err)
	}
}

// What is still being written, or open in a spreadsheet program, is left alone.
func TestIngestLeavesUnfinishedFilesAlone(t *testing.T) {
	s := newShop(t)
	for _, name := range []string{"big.csv.part", "book.xlsx.tmp", ".hidden.csv", "open.xlsx", "~$open.xlsx", "libre.ods", ".~lock.libre.ods#", "empty.csv"} {
		s.drop(name, "")
	}
	s.drop("open.xlsx", "PK")
	s.drop("libre.ods", "PK")
	s.drop("growing.csv", "RequestId,")
	s.between = func() { s.drop("growing.csv", requestsCSV+"R-3,"); s.drop("late.csv", requestsCSV) }
	in, err := s.ingest()
	if err != nil || len(in.Files) != 3 || in.Unready != 3 {
		t.Fatalf("%+v, %v; want the three that are whole, and growing, late and empty to be waited for", in, err)
	}
	left := s.files()
	for _, name := range []string{"big.csv.part", "book.xlsx.tmp", ".hidden.csv", "open.xlsx", "libre.ods", "growing.csv", "late.csv", "empty.csv"} {
		if !slices.Contains(left, name) {
			t.Errorf("%s is gone", name)
		}
	}
}

// IMP-9: the same file twice, under another name too, is a no-op that is reported
// beside what is new.
func TestFilesThatWereReadBeforeAreTold(t *testing.T) {
	s := newShop(t)
	s.drop("accounts copy.csv", accountsCSV)
	for night, want := range [][]string{{"accounts.csv"}, {"accounts copy.csv", "accounts.csv", "requests.csv", "reservations.csv"}} {
		s.drop("new.csv", strings.ReplaceAll(requestsCSV, "R-1", fmt.Sprint("R-", 10+night)))
		report, err := s.night(s.path("inbox"), 22+night)
		if err != nil || !slices.Equal(report.Again, want) {
			t.Errorf("night %d: %+v, %v", night, report, err)
		}
	}
}

// A file that changes while it is copied is not whole, and is taken when it is.
func TestIngestOfAFileThatChangesWhileItIsRead(t *testing.T) {
	s := newShop(t)
	copies := 0
	failing(t, func(name string) error {
		if name != durable.InboxCopy+".after" {
			return nil
		}
		if copies++; copies != 2 { // the second is of requests.csv
			return nil
		}
		f, err := os.OpenFile(s.path("inbox", takenFolder, "requests.csv"), os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		defer f.Close()
		_, err = f.WriteString("R-2,2026-01-08,Refund,O-1,1,Owner,Yes\n")
		return err
	})
	in, err := s.ingest()
	if err != nil || len(in.Files) != 2 || in.Unready != 1 {
		t.Fatalf("%+v, %v", in, err)
	}
	if in, err = s.ingest(); err != nil || len(in.Files) != 1 || in.Files[0].Rows != 2 {
		t.Fatalf("%+v, %v", in, err)
	}
}

// At every durable step a disk may be full or a permission lost: the error says
// so, nothing is lost or taken twice, and the next ingest and night heal.
func TestIngestFaults(t *testing.T) {
	want := func() string {
		s := newShop(t)
		s.drop("anna/bad.csv", badCSV)
		if _, err := s.night(s.path("inbox"), 22); err != nil {
			t.Fatal(err)
		}
		return s.published("2026-11-22-001")
	}()
	reached := map[string]bool{}
	points := append(slices.Clone(durable.OfIngest), durable.InboxForget)
	for _, point := range points {
		for _, when := range []string{".before", ".after"} {
			for nth := 1; nth <= 4; nth += 3 {
				s := newShop(t)
				s.drop("anna/bad.csv", badCSV)
				passed := 0
				failing(t, func(name string) error {
					if name == point+when {
						if passed++; passed == nth {
							reached[point] = true
							return errors.New("no space left on device")
						}
					}
					return nil
				})
				_, first := s.ingest()
				if passed >= nth && point != durable.InboxForget && (first == nil || !strings.Contains(first.Error(), "no space left")) {
					t.Errorf("%s%s:%d: the error is %v", point, when, nth, first)
				}
				if _, err := s.ingest(); err != nil {
					t.Errorf("%s%s:%d: the next ingest: %v", point, when, nth, err)
				}
				if _, err := s.night("", 22); err != nil {
					t.Errorf("%s%s:%d: the night: %v", point, when, nth, err)
				}
				if got := s.published("2026-11-22-001"); got != want {
					t.Errorf("%s%s:%d: the night is another:\n%s\nwant\n%s", point, when, nth, got, want)
				}
				for _, name := range s.files() {
					if !strings.HasPrefix(name, "processed/") && !strings.HasPrefix(name, "returned/") {
						t.Errorf("%s%s:%d: %s is left in the inbox", point, when, nth, name)
					}
				}
				if left, err := s.night("", 22); err != nil || left.Run != 0 {
					t.Errorf("%s%s:%d: the same night again: %+v, %v", point, when, nth, left, err)
				}
			}
		}
	}
	for _, point := range points {
		if !reached[point] {
			t.Errorf("%s was never reached", point)
		}
	}
}

// Of two programs that take files out of one inbox the second is told who has it.
func TestIngestIsLocked(t *testing.T) {
	s := newShop(t)
	s.between = func() {
		second := *s
		second.between = nil
		var locked *ledger.LockedError
		if _, err := second.ingest(); !errors.As(err, &locked) || locked.PID != os.Getpid() || time.Since(locked.Since) > time.Hour {
			t.Errorf("the second got in: %v", err)
		}
	}
	if in, err := s.ingest(); err != nil || len(in.Files) != 3 {
		t.Errorf("%+v, %v", in, err)
	}
}
