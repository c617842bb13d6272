package jobs

import (
	"fmt"
	"hash/fnv"
	"strings"
	"time"

	"prorata/invoicing"
	"prorata/invoicing/reconcile"
)

// What is worth a notice. A key is the same whenever the same thing is seen
// again, so that it is told once.

// FailureNotice is of a job that failed. The same problem of a job is told once
// for each day on which it was due.
func FailureNotice(job string, due time.Time, err error) Notice {
	h := fnv.New64a()
	_, _ = h.Write([]byte(err.Error())) // it never fails
	return Notice{Key: fmt.Sprintf("failure:%s:%s:%x", job, due.UTC().Format(time.DateOnly), h.Sum64()), Event: EventFailure,
		Text: fmt.Sprintf("prorata: job %s, due %s, failed: %s", job, due.Format(time.DateTime), firstLine(err.Error()))}
}

// ClockNotice is of a clock that went back.
func ClockNotice(by time.Duration, now time.Time) Notice {
	return Notice{Key: "clock:" + now.Add(by).UTC().Format(time.RFC3339), Event: EventClock,
		Text: fmt.Sprintf("prorata: the clock went back by %s and shows %s; nights that were made are not made again", by.Round(time.Second), now.Format(time.DateTime))}
}

// Notices are of files that were taken out of the inbox with rows refused.
func (g *Ingested) Notices() (all []Notice) {
	for _, f := range g.Files {
		if f.Note != "" {
			all = append(all, refusal(f.SHA256, f.Name, f.Refused, f.Rows, f.Note))
		}
	}
	return all
}

// Notices are of what a night refused; what ingest told of the same rows is not
// told again.
func (r *Report) Notices() (all []Notice) {
	if r.DryRun {
		return nil
	}
	if r.Healed != nil {
		all = r.Healed.Notices()
	}
	for _, f := range r.Files {
		if r.Run > 0 && (f.Refused > 0 || f.Unread) {
			all = append(all, refusal(f.SHA256, f.Name, f.Refused, f.Rows, r.Folder+"/rejected-rows.csv"))
		}
	}
	return append(all, r.breaks()...)
}

// breaks is of the differences with the vendor that a run found; what is not yet
// due is none.
func (r *Report) breaks() []Notice {
	if r.Reconciled == nil {
		return nil
	}
	var found []string
	open := 0
	for _, class := range reconcile.Classes {
		name := class.String()
		if class == reconcile.NotYetDue {
			continue
		}
		if open += r.Reconciled.Open[name]; r.Reconciled.Opened[name] > 0 {
			found = append(found, fmt.Sprintf("%d %s", r.Reconciled.Opened[name], name))
		}
	}
	if found == nil {
		return nil
	}
	return []Notice{{Key: fmt.Sprintf("breaks:%d:%s", r.Run, r.AsOf), Event: EventBreaks,
		Text: fmt.Sprintf("prorata: the night of %s found new breaks with the vendor: %s; %s open; %s/reconciliation.csv has them", r.AsOf, strings.Join(found, ", "),
			invoicing.Counted(open, "is", "are"), r.Folder)}}
}

func refusal(sha, name string, refused, rows int, where string) Notice {
	text := fmt.Sprintf("prorata: %s: %s refused of %d; %s says why", name, invoicing.Counted(refused, "row was", "rows were"), rows, where)
	if refused == 0 {
		text = fmt.Sprintf("prorata: %s could not be read whole; %s says why", name, where)
	}
	return Notice{Key: fmt.Sprintf("refusals:%s:%d", sha, refused), Event: EventRefusals, Text: text}
}

// Notices are of what a status finds with time: credits that expire, exports that
// have not come.
func (s *Status) Notices(exportDays int) (all []Notice) {
	byDay := map[string][]ExpiringCredit{}
	var days []string
	for _, c := range s.Expiring {
		if byDay[c.ExpiresOn] == nil {
			days = append(days, c.ExpiresOn)
		}
		byDay[c.ExpiresOn] = append(byDay[c.ExpiresOn], c)
	}
	for _, day := range days {
		var named []string
		for _, c := range byDay[day][:min(len(byDay[day]), 10)] {
			named = append(named, fmt.Sprintf("%s of %s (%s)", c.Balance, c.Account, c.ID))
		}
		if more := len(byDay[day]) - len(named); more > 0 {
			named = append(named, fmt.Sprintf("and %d more", more))
		}
		all = append(all, Notice{Key: "expiring:" + day, Event: EventExpiring, Text: "prorata: unused credits expire after " + day + ": " + strings.Join(named, ", ")})
	}
	for _, e := range s.Exports {
		if e.Days > exportDays {
			all = append(all, Notice{Key: "export:" + e.Kind + ":" + e.AsOf, Event: EventExport,
				Text: fmt.Sprintf("prorata: no %s has come for %s, the last on %s", e.Kind, invoicing.Counted(e.Days, "day", "days"), e.AsOf)})
		}
	}
	return all
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	if r := []rune(line); len(r) > 500 {
		return string(r[:500]) + "..."
	}
	return line
}
