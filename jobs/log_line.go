package jobs

import (
	"time"

	"github.com/rs/zerolog"
)

// LogEnd writes the one line that says what came of a run: what a person reads
// first at three in the morning, and what a monitor counts.
// A run that a crash had cut off has a line of its own, first.
func (r *Report) LogEnd(log zerolog.Logger, took time.Duration) {
	if r.Healed != nil {
		r.Healed.LogEnd(log, took)
	}
	e := log.Info().Str("job", JobNight).Str("as_of", r.AsOf).Int64("took_ms", took.Milliseconds()).Int("files", len(r.Files)).Int("again", len(r.Again))
	if r.Run == 0 {
		e.Int("unread", r.Unread).Msg("nothing to do: nothing new was dropped, and nothing fell due")
		return
	}
	rows, kept, known := 0, 0, 0
	for _, f := range r.Files {
		rows, kept, known = rows+f.Rows, kept+f.Kept, known+f.Known
	}
	documents := 0
	for _, n := range r.Documents {
		documents += n
	}
	broken := 0
	for _, p := range r.Proof {
		if !p.Holds {
			broken++
		}
	}
	e = e.Int("run", r.Run).Bool("dry_run", r.DryRun).Int("rows", rows).Int("kept", kept).Int("known", known).Int("refused", r.Refused).Int("unread", r.Unread).
		Int("approved", r.Decided["Approved"]).Int("rejected", r.Decided["Rejected"]).Int("held", r.Decided["Held"]).
		Int("documents", documents).Int("proof_lines", len(r.Proof)).Int("proof_broken", broken)
	e.Str("reports", r.Folder).Msg("the night is published")
}
