package jobs

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"prorata/jobs/ledger"
)

// hook is a webhook that answers as it is told and keeps what it took.
type hook struct {
	answers []int // by turns; the last stays
	got     []Notice
	calls   int
}

func (h *hook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	code := h.answers[min(h.calls, len(h.answers)-1)]
	h.calls++
	var n Notice
	if err := json.NewDecoder(r.Body).Decode(&n); err != nil || r.Header.Get("Idempotency-Key") != n.Key {
		code = http.StatusBadRequest
	}
	if code/100 == 2 {
		h.got = append(h.got, n)
	}
	w.WriteHeader(code)
}

func telling(t *testing.T, h *hook) (*Notices, *bytes.Buffer) {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	log := &bytes.Buffer{}
	return &Notices{Ledger: filepath.Join(t.TempDir(), "l.db"), URL: server.URL + "/secret-token", Now: time.Now,
		Wait: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }, Log: zerolog.New(log)}, log
}

func notice(key, event string) Notice { return Notice{Key: key, Event: event, Text: "prorata: " + key} }

// What was said once is not said again, also by another program, later.
func TestNoticesAreToldOnce(t *testing.T) {
	h := &hook{answers: []int{200}}
	n, _ := telling(t, h)
	n.Say(context.Background(), notice("a", EventFailure), notice("b", EventRefusals))
	again := *n
	again.Say(context.Background(), notice("a", EventFailure), notice("c", EventExpiring))
	if len(h.got) != 3 || h.got[0].Text != "prorata: a" || h.got[2].Key != "c" {
		t.Errorf("told %+v", h.got)
	}
	n.On = []string{EventFailure}
	n.Say(context.Background(), notice("d", EventExpiring), notice("e", EventFailure))
	if len(h.got) != 4 || h.got[3].Key != "e" {
		t.Errorf("told %+v, though only failures were asked for", h.got)
	}
}

// A webhook that is down for a while is tried again, now and by the next run; one
// that refuses a notice is not asked again; no log names its address.
func TestNoticesWaitForTheWebhook(t *testing.T) {
	h := &hook{answers: []int{503, 429, 200}}
	n, log := telling(t, h)
	n.Say(context.Background(), notice("a", EventFailure))
	if len(h.got) != 1 || h.calls != 3 {
		t.Errorf("told %+v in %d calls", h.got, h.calls)
	}
	h.answers, h.calls = []int{500}, 0
	n.Say(context.Background(), notice("b", EventFailure))
	if len(h.got) != 1 || h.calls != noticeTries {
		t.Errorf("told %+v in %d calls", h.got, h.calls)
	}
	up, url := n.URL, "http://127.0.0.1:1/secret-token"
	n.URL = url // nobody listens there
	n.Say(context.Background())
	n.URL, h.answers = up, []int{200}
	n.Say(context.Background())
	if len(h.got) != 2 || h.got[1].Key != "b" {
		t.Errorf("told %+v", h.got)
	}
	h.answers, h.calls = []int{404}, 0
	n.Say(context.Background(), notice("c", EventFailure))
	n.Say(context.Background())
	if h.calls != 1 {
		t.Errorf("asked %d times by what is refused for good", h.calls)
	}
	if strings.Contains(log.String(), "secret-token") || !strings.Contains(log.String(), "the next run tries again") {
		t.Errorf("the log says %s", log)
	}
}

// What a webhook says beside its code is its own, of any length, and no part of the log.
func TestNoticesLogTheCodeAlone(t *testing.T) {
	n, log := telling(t, &hook{answers: []int{200}})
	talks := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		_, _ = conn.Write([]byte("HTTP/1.1 403 " + strings.Repeat("no ", 30_000) + "\r\nContent-Length: 0\r\n\r\n"))
	}))
	t.Cleanup(talks.Close)
	n.URL = talks.URL
	n.Say(context.Background(), notice("a", EventFailure))
	if said := log.String(); !strings.Contains(said, "it answered 403 Forbidden") || len(said) > 1000 {
		t.Errorf("the log has %d bytes: %.200s", len(said), said)
	}
}

// A webhook that sends elsewhere, to a page to sign in on, has not taken the notice: it waits.
func TestNoticesWaitWhereTheWebhookHasMoved(t *testing.T) {
	h := &hook{answers: []int{200}}
	n, log := telling(t, h)
	page := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	moved := httptest.NewServer(http.RedirectHandler(page.URL, http.StatusFound))
	t.Cleanup(func() { moved.Close(); page.Close() })
	at := n.URL
	n.URL = moved.URL
	n.Say(context.Background(), notice("a", EventFailure))
	if !strings.Contains(log.String(), "the webhook answered 302 Found") {
		t.Errorf("the log says %s", log)
	}
	n.URL = at
	n.Say(context.Background())
	if len(h.got) != 1 || h.got[0].Key != "a" {
		t.Errorf("told %+v", h.got)
	}
}

// A failure to keep or to send a notice fails nothing: it is logged.
func TestNoticesFailNothing(t *testing.T) {
	h := &hook{answers: []int{200}}
	n, log := telling(t, h)
	failing(t, func(string) error { return errors.New("no space left on device") })
	n.Say(context.Background(), notice("a", EventFailure))
	if len(h.got) != 1 || !strings.Contains(log.String(), "no space left on device") {
		t.Errorf("told %+v, and the log says %s", h.got, log)
	}
	failing(t, func(string) error { return nil })
	if err := os.WriteFile(noticesPath(n.Ledger), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	n.Say(context.Background(), notice("b", EventFailure))
	if len(h.got) != 1 || !strings.Contains(log.String(), "move it away to begin anew") {
		t.Errorf("told %+v, and the log says %s", h.got, log)
	}
}

// The monitor says how it stands, in the form that Prometheus reads.
func TestMonitor(t *testing.T) {
	s := newShop(t)
	s.drop("bad.csv", badCSV)
	if _, err := s.night(s.path("inbox"), 22); err != nil {
		t.Fatal(err)
	}
	cron, err := ParseCron("30 2 * * *", time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	m := &Monitor{Version: "1.2.3", Watch: func() *Watch {
		return &Watch{Ledger: s.ledger(), Inbox: s.path("inbox"), Now: now, Zone: time.UTC, Jobs: map[string]Cron{JobNight: cron}, ExpiringDays: 14, ExportDays: 3}
	}}
	askAs := func(host, path string) (int, string) {
		w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, path, nil)
		r.Host = host
		m.ServeHTTP(w, r)
		return w.Code, w.Body.String()
	}
	ask := func(path string) (int, string) { return askAs("127.0.0.1:9464", path) }
	if code, body := ask("/healthz"); code != 200 || body != "ok\n" {
		t.Errorf("/healthz: %d %s", code, body)
	}
	code, body := ask("/metrics")
	for _, want := range []string{"prorata_build{version=\"1.2.3\"} 1\n", "prorata_ledger_readable 1\n", "prorata_last_run_refused_rows 1\n",
		"prorata_last_run_decisions{outcome=\"Approved\"} 1\n", "prorata_inbox_files 4\n", "# TYPE prorata_job_failures gauge\n"} {
		if code != 200 || !strings.Contains(body, want) {
			t.Errorf("/metrics lacks %q: %d\n%s", want, code, body)
		}
	}
	if code, body := ask("/readyz"); code != 200 {
		t.Errorf("/readyz: %d %s", code, body)
	}
	state := scheduleState{Jobs: map[string]jobState{JobNight: {Last: now.AddDate(0, 0, -2), Problem: "disk full\nand more", Failures: 3}}}
	if err := writeState(schedulePath(s.ledger()), state); err != nil {
		t.Fatal(err)
	}
	now = now.Add(2 * monitorAge)
	if code, body := ask("/readyz"); code != 503 || !strings.Contains(body, "job night is behind: disk full") {
		t.Errorf("/readyz: %d %s", code, body)
	}
	state.Jobs[JobNight] = jobState{Last: now.AddDate(0, 0, -2)}
	if err := writeState(schedulePath(s.ledger()), state); err != nil {
		t.Fatal(err)
	}
	now = now.Add(2 * monitorAge)
	if code, body := ask("/readyz"); code != 503 || body != "job night is behind: it was due at 2026-11-24 02:30:00 and was not run: is prorata schedule running?\n" {
		t.Errorf("/readyz: %d %s", code, body)
	}
	if code, _ := ask("/"); code != 404 {
		t.Errorf("/: %d", code)
	}
	for host, want := range map[string]int{"localhost:9464": 200, "[::1]:9464": 200, "127.0.0.1": 200, "page.example:9464": 421, "127.0.0.1.page.example": 421, "": 200} {
		if code, body := askAs(host, "/metrics"); code != want || code == 421 && strings.Contains(body, "prorata_") {
			t.Errorf("asked as %q: %d %s", host, code, body)
		}
	}
}

// A status tells credits that will expire and exports that have not come, each once.
func TestStatusNotices(t *testing.T) {
	s := &Status{
		Expiring: []ExpiringCredit{{ID: "CN-1", Account: "E1", ExpiresOn: "2027-02-19"}, {ID: "CN-2", Account: "E2", ExpiresOn: "2027-02-19"}, {ID: "CN-3", Account: "E1", ExpiresOn: "2027-02-20"}},
		Exports:  []ExportStatus{{Kind: "PartnerInvoice", AsOf: "2026-11-01", Days: 9}, {Kind: "ReservationTransactionsEA", AsOf: "2026-11-09", Days: 1}},
	}
	var keys []string
	for _, n := range s.Notices(3) {
		keys = append(keys, n.Key)
	}
	if got := strings.Join(keys, " "); got != "expiring:2027-02-19 expiring:2027-02-20 export:PartnerInvoice:2026-11-01" {
		t.Errorf("notices %s", got)
	}
}

// Notices that are said while others are being sent wait for their turn: none is
// left out.
func TestNoticesWaitForTheirTurn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "l.db")
	held, err := ledger.Lock(path, "notices")
	if err != nil {
		t.Fatal(err)
	}
	var got atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { got.Add(1) }))
	defer server.Close()
	waits := 0
	n := &Notices{URL: server.URL, Ledger: path, Now: time.Now, Log: zerolog.Nop(), Wait: func(context.Context, time.Duration) error {
		if waits++; waits == 3 {
			return held.Close()
		}
		return nil
	}}
	n.Say(context.Background(), FailureNotice(JobNight, time.Now(), errors.New("disk full")))
	if waits != 3 || got.Load() != 1 {
		t.Errorf("waited %d times, %d notices were told", waits, got.Load())
	}
}
