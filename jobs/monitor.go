package jobs

import (
	"cmp"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Monitor answers those who watch a schedule: /healthz (the program answers),
// /readyz (the ledger can be read and no job is behind), /metrics (Prometheus).
// What it tells is as of the last Refresh.
type Monitor struct {
	Watch   func() *Watch
	Version string

	mu     sync.Mutex
	status *Status
	err    error
	at     time.Time
}

// monitorAge is how old an answer may be before it is asked anew.
const monitorAge = time.Minute

// Refresh asks how it stands now.
func (m *Monitor) Refresh() *Status {
	w := m.Watch()
	status, err := ReadStatus(w)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.status, m.err, m.at = status, err, w.Now
	return status
}

func (m *Monitor) current() (*Status, error) {
	m.mu.Lock()
	old := m.at.IsZero() || m.Watch().Now.Sub(m.at) > monitorAge
	m.mu.Unlock()
	if old {
		m.Refresh()
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.status, m.err
}

// ServeHTTP answers the three pages to who asks by an address or localhost. Any other name
// may be that of a page on the Internet, which a browser on this machine was led here from.
func (m *Monitor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch asked := (&url.URL{Host: r.Host}).Hostname(); {
	case asked != "" && asked != "localhost" && net.ParseIP(asked) == nil: // a probe in HTTP/1.0 names none
		http.Error(w, "ask by 127.0.0.1 or localhost; a proxy must not pass on another Host", http.StatusMisdirectedRequest)
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		http.Error(w, "only GET", http.StatusMethodNotAllowed)
	case r.URL.Path == "/healthz":
		fmt.Fprintln(w, "ok")
	case r.URL.Path == "/readyz":
		m.ready(w)
	case r.URL.Path == "/metrics":
		m.metrics(w)
	default:
		http.Error(w, "there are /healthz, /readyz and /metrics", http.StatusNotFound)
	}
}

func (m *Monitor) ready(w http.ResponseWriter) {
	s, err := m.current()
	if err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	var behind []string
	watch := m.Watch()
	for i := range s.Jobs {
		j := &s.Jobs[i]
		if why := cmp.Or(firstLine(j.Problem), j.late(watch)); why != "" {
			behind = append(behind, fmt.Sprintf("job %s is behind: %s", j.Name, why))
		}
	}
	if len(behind) > 0 {
		http.Error(w, strings.Join(behind, "\n"), http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(w, "ready")
}

func (m *Monitor) metrics(w http.ResponseWriter) {
	s, err := m.current()
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	p := &page{out: w}
	p.begin("prorata_build", "the version that runs")
	p.value(1, "version", m.Version)
	p.begin("prorata_ledger_readable", "1 where the ledger could be read")
	if err != nil || s == nil {
		p.value(0)
		return
	}
	p.value(1)
	s.writeJobs(p)
	s.writeRun(p)
	p.begin("prorata_inbox_files", "files that lie in the inbox")
	p.value(int64(s.Inbox))
	p.begin("prorata_waiting_files", "files that the next night takes in")
	p.value(int64(s.Waiting))
	p.begin("prorata_held_requests", "requests that are held")
	p.value(int64(s.Held))
	p.begin("prorata_breaks_open", "open differences with the vendor; NotYetDue is one that waits")
	for _, b := range s.Breaks {
		p.value(int64(b.Open), "class", b.Class)
	}
	p.begin("prorata_break_oldest_days", "days since the request of the oldest of them")
	for _, b := range s.Breaks {
		p.value(int64(b.Oldest), "class", b.Class)
	}
	p.begin("prorata_credits_expiring", "credits with a balance that expire soon")
	p.value(int64(len(s.Expiring)))
	p.begin("prorata_export_age_days", "days since a vendor's export last came")
	for _, e := range s.Exports {
		p.value(int64(e.Days), "kind", e.Kind)
	}
	p.begin("prorata_notices_waiting", "notices that are still to be sent")
	p.value(int64(s.Untold))
	p.begin("prorata_needs_a_person", "things that prorata status says need a person")
	p.value(int64(len(s.Needs)))
}

func (s *Status) writeJobs(p *page) {
	of := func(name, doc string, value func(*JobStatus) (int64, bool)) {
		p.begin(name, doc)
		for i := range s.Jobs {
			if v, ok := value(&s.Jobs[i]); ok {
				p.value(v, "job", s.Jobs[i].Name)
			}
		}
	}
	of("prorata_job_last_success_timestamp_seconds", "when the job last ended well", func(j *JobStatus) (int64, bool) { return j.Succeeded.Unix(), !j.Succeeded.IsZero() })
	of("prorata_job_last_end_timestamp_seconds", "when the job last ended", func(j *JobStatus) (int64, bool) { return j.Ended.Unix(), !j.Ended.IsZero() })
	of("prorata_job_last_duration_milliseconds", "how long it then took", func(j *JobStatus) (int64, bool) { return j.TookMS, !j.Ended.IsZero() && !j.CutOff })
	of("prorata_job_next_timestamp_seconds", "when it is due next", func(j *JobStatus) (int64, bool) { return j.Next.Unix(), !j.Next.IsZero() })
	of("prorata_job_failures", "failures in a row", func(j *JobStatus) (int64, bool) { return int64(j.Failures), true })
}

func (s *Status) writeRun(p *page) {
	if len(s.Runs) == 0 {
		return
	}
	last := &s.Runs[0]
	p.begin("prorata_last_run", "the number of the last run")
	p.value(int64(last.Run), "as_of", last.AsOf, "state", last.State)
	p.begin("prorata_last_run_rows", "rows that it read")
	p.value(int64(last.Rows))
	p.begin("prorata_last_run_refused_rows", "rows that it refused")
	p.value(int64(last.Refused))
	p.begin("prorata_last_run_unread_files", "files that it could not read whole")
	p.value(int64(last.Unread))
	p.begin("prorata_last_run_decisions", "requests that it decided or held")
	for _, outcome := range []string{"Approved", "Rejected", "Held"} {
		p.value(int64(last.Decided[outcome]), "outcome", outcome)
	}
}

// page writes the text format of Prometheus.
type page struct {
	out  io.Writer
	name string
}

// begin begins a metric, which is a gauge: what it tells is as of now.
func (p *page) begin(name, doc string) {
	p.name = name
	fmt.Fprintf(p.out, "# HELP %s %s\n# TYPE %s gauge\n", name, doc, name)
}

// value writes one value with its labels, name and value by turns.
func (p *page) value(v int64, labels ...string) {
	var b strings.Builder
	for i := 0; i+1 < len(labels); i += 2 {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "%s=%q", labels[i], labels[i+1])
	}
	if b.Len() == 0 {
		fmt.Fprintf(p.out, "%s %d\n", p.name, v)
		return
	}
	fmt.Fprintf(p.out, "%s{%s} %d\n", p.name, b.String(), v)
}
