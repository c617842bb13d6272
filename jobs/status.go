package jobs

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"time"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/invoicing/reconcile"
	"prorata/jobs/ledger"
)

// Watch is what a status is asked with.
type Watch struct {
	Ledger       string
	Inbox        string
	Now          time.Time
	Zone         *time.Location  // of today
	Jobs         map[string]Cron // of the schedule, by name
	ExpiringDays int             // credits that expire within so many days are told
	ExportDays   int             // a vendor's export that has not come for longer is missed
}

// Status is how it stands with a ledger: what was done, what comes next, what
// waits, and what needs a person.
type Status struct {
	Ledger   string           `json:"ledger"`
	Runs     []RunStatus      `json:"runs"` // the last ones, newest first
	Jobs     []JobStatus      `json:"jobs"` // of the schedule
	Inbox    int              `json:"inbox"`
	Waiting  int              `json:"waiting"`  // files that the next night takes in
	Untold   int              `json:"untold"`   // notices that are still to be sent
	Held     int              `json:"held"`     // requests that are held
	Breaks   []BreakStatus    `json:"breaks"`   // open differences with the vendor, by class
	Expiring []ExpiringCredit `json:"expiring"` // by date
	Exports  []ExportStatus   `json:"exports"`  // of the vendor, by kind
	Needs    []string         `json:"needs"`    // what needs a person
}

// RunStatus is one run.
type RunStatus struct {
	Run     int            `json:"run"`
	AsOf    string         `json:"as_of"`
	State   string         `json:"state"`
	Folder  string         `json:"folder"`
	Decided map[string]int `json:"decided"`
	Refused int            `json:"refused"` // rows
	Unread  int            `json:"unread"`  // files that could not be read whole
	Rows    int            `json:"rows"`
	Support int            `json:"support_requests"` // that are open (OUT-9)
}

// JobStatus is one job of the schedule. Times are zero where there is none.
type JobStatus struct {
	Name      string    `json:"name"`
	Ended     time.Time `json:"ended"`
	Succeeded time.Time `json:"succeeded"`
	TookMS    int64     `json:"took_ms"`
	Next      time.Time `json:"next"`
	Failures  int       `json:"failures"`
	Problem   string    `json:"problem,omitempty"`
	CutOff    bool      `json:"cut_off,omitempty"` // it runs now, or was cut off
}

// BreakStatus is what is open of a class of breaks (REC-2).
type BreakStatus struct {
	Class  string `json:"class"`
	Open   int    `json:"open"`
	Oldest int    `json:"oldest_days"` // since its request, or its row where nothing was expected
}

// ExportStatus is when a kind of vendor export last came.
type ExportStatus struct {
	Kind string `json:"kind"`
	AsOf string `json:"as_of"`
	Days int    `json:"days"` // since then
}

// vendorKinds are what the vendor is expected to send again and again.
var vendorKinds = []string{"ReservationTransactionsMCA", "ReservationTransactionsEA", "PartnerInvoice"}

const runsShown = 5

// ReadStatus asks a ledger, its schedule and its inbox how it stands. It takes no
// lock and writes nothing.
func ReadStatus(w *Watch) (*Status, error) {
	s := &Status{Ledger: w.Ledger, Runs: []RunStatus{}, Breaks: []BreakStatus{}, Expiring: []ExpiringCredit{}, Exports: []ExportStatus{}, Needs: []string{}}
	if err := s.beside(w); err != nil {
		return nil, err
	}
	l, err := ledger.OpenReader(w.Ledger)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return nil, err
	}
	defer l.Close()
	runs, err := l.Runs()
	if err != nil {
		return nil, err
	}
	if err := s.runs(w, l, runs); err != nil {
		return nil, err
	}
	if err := s.exports(w, l, runs); err != nil {
		return nil, err
	}
	if len(runs) == 0 || runs[len(runs)-1].State == ledger.Imported {
		return s, nil
	}
	if err := s.breaks(w, l); err != nil {
		return nil, err
	}
	return s, s.expiring(w, l, len(runs))
}

// need adds what a person should do.
func (s *Status) need(format string, args ...any) {
	s.Needs = append(s.Needs, fmt.Sprintf(format, args...))
}

// beside reads what is not in the ledger: the schedule, the inbox, the notices.
func (s *Status) beside(w *Watch) error {
	state, err := readSchedule(w.Ledger)
	if err != nil {
		return err
	}
	for _, name := range []string{JobNight, JobIngest, JobVerify} {
		j := state.Jobs[name]
		next := time.Time{}
		if c, ok := w.Jobs[name]; ok {
			next = state.nextDue(name, c, w.Now)
		}
		s.Jobs = append(s.Jobs, JobStatus{Name: name, Ended: j.Ended, Succeeded: j.Succeeded, TookMS: max(0, j.Ended.Sub(j.Started).Milliseconds()), Next: next,
			Failures: j.Failures, Problem: j.Problem, CutOff: j.Started.After(j.Ended)})
		if j.Problem != "" {
			s.need("job %s failed at %s (%d in a row): %s", name, j.Ended.In(w.Zone).Format(time.DateTime), j.Failures, j.Problem)
		}
		if late := s.Jobs[len(s.Jobs)-1].late(w); late != "" {
			s.need("job %s: %s", name, late)
		}
	}
	if w.Now.Before(state.Latest.Add(-backSlack)) {
		s.need("the clock went back: it showed %s before", state.Latest.In(w.Zone).Format(time.DateTime))
	}
	if w.Inbox != "" {
		files, _, err := lookInto(w.Inbox)
		if err != nil {
			s.need("the inbox cannot be read: %v", err)
		}
		for i := range files {
			if err := files[i].unread; err != nil {
				s.need("the inbox cannot be read whole: %v", err)
			}
		}
		s.Inbox = len(files)
	}
	waiting, err := waitingFiles(w.Ledger)
	if err != nil {
		return err
	}
	s.Waiting = len(waiting)
	notices := noticeState{}
	if err := readState(noticesPath(w.Ledger), &notices); err != nil {
		return err
	}
	if s.Untold = len(notices.Waiting); s.Untold > 0 {
		s.need("%s not be sent: is the webhook there?", invoicing.Counted(s.Untold, "notice could", "notices could"))
	}
	return nil
}

// late says of a job that was due more than an hour ago that it was not run; empty of others.
func (j *JobStatus) late(w *Watch) string {
	if j.Next.IsZero() || w.Now.Sub(j.Next) <= time.Hour {
		return ""
	}
	return fmt.Sprintf("it was due at %s and was not run: is prorata schedule running?", j.Next.In(w.Zone).Format(time.DateTime))
}

// runs tells the last runs and what they left for a person.
func (s *Status) runs(w *Watch, l *ledger.Ledger, runs []ledger.Run) error {
	for i := len(runs) - 1; i >= max(0, len(runs)-runsShown); i-- {
		r := RunStatus{Run: runs[i].N, AsOf: runs[i].AsOf.String(), State: string(runs[i].State), Folder: runs[i].Folder}
		if runs[i].State != ledger.Imported {
			sum, err := readSummary(runs[i])
			if err != nil {
				return err
			}
			r.Decided, r.Support = sum.Decided, sum.support()
		}
		files, err := fileReports(l, runs[i].N)
		if err != nil {
			return err
		}
		for _, f := range files {
			r.Rows, r.Refused = r.Rows+f.Rows, r.Refused+f.Refused
		}
		r.Unread = unread(files)
		s.Runs = append(s.Runs, r)
	}
	if len(s.Runs) == 0 {
		return nil
	}
	last := &s.Runs[0]
	if runs[len(runs)-1].AsOf > DateIn(w.Now, w.Zone) {
		s.need("the ledger is at %s, after today: nights before it are left out; was the clock wrong, or is it?", last.AsOf)
	}
	s.Held = last.Decided["Held"]
	if last.State != string(ledger.Published) { // its reports are not there yet
		s.need("run %d is %s, not published: the next run finishes it", last.Run, last.State)
		return nil
	}
	if last.Refused > 0 {
		s.need("run %d refused %s: rejected-rows.csv in %s says what is wrong", last.Run, invoicing.Counted(last.Refused, "row", "rows"), last.Folder)
	}
	if last.Unread > 0 {
		s.need("run %d has %s that could not be read whole: rejected-rows.csv in %s says why", last.Run, invoicing.Counted(last.Unread, "file", "files"), last.Folder)
	}
	if s.Held > 0 {
		s.need("%s held: decisions.csv in %s says why", invoicing.Counted(s.Held, "request is", "requests are"), last.Folder)
	}
	if last.Support > 0 {
		s.need("%s open: support-requests.csv in %s lists them", invoicing.Counted(last.Support, "support request is", "support requests are"), last.Folder)
	}
	return nil
}

// exports tells when each kind of vendor export that ever came last came.
func (s *Status) exports(w *Watch, l *ledger.Ledger, runs []ledger.Run) error {
	files, err := l.Files(0)
	if err != nil {
		return err
	}
	latest := map[string]money.Date{}
	for _, f := range files {
		for _, kind := range f.Kinds {
			if slices.Contains(vendorKinds, kind) && f.Run >= 1 && f.Run <= len(runs) {
				latest[kind] = max(latest[kind], runs[f.Run-1].AsOf)
			}
		}
	}
	today := DateIn(w.Now, w.Zone)
	for _, kind := range vendorKinds {
		if latest[kind].IsZero() {
			continue
		}
		e := ExportStatus{Kind: kind, AsOf: latest[kind].String(), Days: max(0, int(today-latest[kind]))}
		s.Exports = append(s.Exports, e)
		if e.Days > w.ExportDays {
			s.need("no %s has come for %s (last on %s)", kind, invoicing.Counted(e.Days, "day", "days"), e.AsOf)
		}
	}
	return nil
}

// breaks tells what is open with the vendor. What is not yet due is counted, and
// needs nobody.
func (s *Status) breaks(w *Watch, l *ledger.Ledger) error {
	today := DateIn(w.Now, w.Zone)
	byClass := map[string]*BreakStatus{}
	open, oldest := 0, 0
	for x, err := range l.OpenBreaks() {
		if err != nil {
			return err
		}
		for i := range x.Breaks {
			b := &x.Breaks[i]
			class, age := b.Class.String(), b.AgeDays(today)
			if byClass[class] == nil {
				byClass[class] = &BreakStatus{Class: class}
			}
			byClass[class].Open++
			byClass[class].Oldest = max(byClass[class].Oldest, age)
			if b.Class != reconcile.NotYetDue {
				open, oldest = open+1, max(oldest, age)
			}
		}
	}
	for _, class := range slices.Sorted(maps.Keys(byClass)) {
		s.Breaks = append(s.Breaks, *byClass[class])
	}
	if open > 0 {
		s.need("%s open, the oldest for %s: prorata reconcile list tells them", invoicing.Counted(open, "break with the vendor is", "breaks with the vendor are"),
			invoicing.Counted(oldest, "day", "days"))
	}
	return nil
}

// expiring tells the credits with a balance that expire soon.
func (s *Status) expiring(w *Watch, l *ledger.Ledger, run int) error {
	today := DateIn(w.Now, w.Zone)
	for g, err := range l.Standings(run) {
		if err != nil {
			return err
		}
		for i := range g.Credits {
			c := &g.Credits[i]
			if c.ExpiresOn >= today && c.ExpiresOn <= today+money.Date(w.ExpiringDays) && !c.Balance().IsZero() {
				s.Expiring = append(s.Expiring, expiringCredit(c, today))
			}
		}
	}
	slices.SortFunc(s.Expiring, compareExpiring)
	if len(s.Expiring) > 0 {
		s.need("%s within %s, the first, %s of %s, after %s", invoicing.Counted(len(s.Expiring), "credit expires", "credits expire"),
			invoicing.Counted(w.ExpiringDays, "day", "days"), s.Expiring[0].Balance,
			s.Expiring[0].Account, s.Expiring[0].ExpiresOn)
	}
	return nil
}
