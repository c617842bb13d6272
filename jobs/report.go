package jobs

import (
	"path/filepath"

	"prorata/exporters"
	"prorata/invoicing/money"
	"prorata/jobs/ledger"
)

// Report says what a run did: for the summary on the terminal, and as JSON.
type Report struct {
	Run       int                     `json:"run"` // 0 where there was nothing to do
	AsOf      string                  `json:"as_of"`
	DryRun    bool                    `json:"dry_run,omitempty"`
	Files     []FileReport            `json:"files"`
	Again     []string                `json:"again,omitempty"` // the other files of the inbox: they were read before, and have nothing new (IMP-9)
	Decided   map[string]int          `json:"decided"`
	Reasons   map[string]int          `json:"reasons"`
	Documents map[string]int          `json:"documents"`
	Money     map[string]*moneyReport `json:"money"`
	Proof     []proofLine             `json:"proof"`

	Reconciled *reconciled `json:"reconciled,omitempty"`
	Support    int         `json:"support_requests"` // that are open (OUT-9)

	// Expiring are the credits of which the night warns: 30, 14, 7 and 1 days before
	// their last day, what expires first at the top.
	Expiring []ExpiringCredit `json:"expiring,omitempty"`

	// Healed is the run that a crash had cut off, where this one finished it first.
	Healed *Report `json:"healed,omitempty"`

	// EInvoicing says what documents lacked to be e-invoices; nil where none were asked for.
	EInvoicing *exporters.EInvoicing `json:"e_invoicing,omitempty"`
	// Warnings are of documents besides, like letters that a PDF cannot show.
	Warnings []exporters.Lack `json:"warnings,omitempty"`

	Folder  string `json:"folder,omitempty"` // the path of the reports
	Refused int    `json:"refused"`          // rows
	Unread  int    `json:"unread"`           // files that could not be read whole
}

// AllRefused is how many rows were refused, and how many files could not be read
// whole, those of the run that was finished first included.
func (r *Report) AllRefused() int {
	all := r.Refused + r.Unread
	if r.Healed != nil {
		all += r.Healed.AllRefused()
	}
	return all
}

// FileReport says what became of a file.
type FileReport struct {
	Number  int      `json:"number"`
	Name    string   `json:"name"`
	SHA256  string   `json:"sha256"`
	Kinds   []string `json:"kinds"`
	Again   bool     `json:"again,omitempty"` // the same bytes were read before (IMP-9)
	Since   string   `json:"since,omitempty"` // of one that was read before: the file that told of accounts or prices since (IMP-10)
	Rows    int      `json:"rows"`
	Kept    int      `json:"kept"`
	Known   int      `json:"known"`
	Ignored int      `json:"ignored"`
	Refused int      `json:"refused"`
	Unread  bool     `json:"unread,omitempty"` // something of it was refused that has no rows: a damaged file, one that cannot be opened, a sheet of no kind
}

// nothingToDo is the report of a night on which nothing was read and nothing
// fell due: no run, no folder.
func nothingToDo(asOf money.Date, files []FileReport) *Report {
	return newReport(asOf, files, &summary{})
}

// newReport has what was read and decided; what there is none of is empty and not null,
// for programs.
func newReport(asOf money.Date, files []FileReport, sum *summary) *Report {
	return &Report{AsOf: asOf.String(), Files: append([]FileReport{}, files...), Unread: unread(files), Decided: orEmpty(sum.Decided), Reasons: orEmpty(sum.Reasons),
		Documents: orEmpty(sum.Documents), Money: orEmpty(sum.Money), Proof: append([]proofLine{}, sum.Proof...)}
}

func orEmpty[V any](m map[string]V) map[string]V {
	if m == nil {
		return map[string]V{}
	}
	return m
}

func unread(files []FileReport) (n int) {
	for _, f := range files {
		if f.Unread {
			n++
		}
	}
	return n
}

// report tells the run from what is kept of it: the same whether it went
// straight through or was finished after a crash.
func (r *Run) report(l *ledger.Ledger, run ledger.Run, night exporters.Night) (*Report, error) {
	sum, err := readSummary(run)
	if err != nil {
		return nil, err
	}
	files, err := fileReports(l, run.N)
	if err != nil {
		return nil, err
	}
	out := newReport(run.AsOf, files, sum)
	out.Run, out.DryRun, out.Reconciled, out.Support, out.Folder = run.N, r.DryRun, sum.Reconciled, sum.support(), filepath.Join(r.Out, night.Folder)
	published, err := exporters.ReadManifest(out.Folder)
	if err != nil {
		return nil, err
	}
	out.EInvoicing, out.Warnings = published.EInvoicing, published.Warnings
	for _, f := range files {
		out.Refused += f.Refused
	}
	return out, nil
}

// fileReports says what became of the files of a run.
func fileReports(l *ledger.Ledger, run int) ([]FileReport, error) {
	files, err := l.Files(run)
	if err != nil {
		return nil, err
	}
	faulty, err := l.Faulty(run)
	if err != nil {
		return nil, err
	}
	all := make([]FileReport, len(files))
	for i, f := range files {
		all[i] = fileReport(f)
		all[i].Unread = faulty[f.N] && f.Counts.Refused == 0
	}
	return all, nil
}

func fileReport(f ledger.File) FileReport {
	return FileReport{Number: f.N, Name: f.Name, SHA256: f.SHA256, Kinds: f.Kinds, Again: f.Known, Rows: f.Counts.Rows, Kept: f.Counts.Kept, Known: f.Counts.Known,
		Ignored: f.Counts.Ignored, Refused: f.Counts.Refused}
}
