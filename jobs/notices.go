package jobs

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/rs/zerolog"

	"prorata/jobs/ledger"
)

// The events that people are told of.
const (
	EventFailure  = "failure"  // a job failed
	EventRefusals = "refusals" // rows were refused
	EventBreaks   = "breaks"   // a difference with the vendor is new
	EventExpiring = "expiring" // a credit expires soon
	EventExport   = "export"   // an expected export has not come
	EventClock    = "clock"    // the clock went back
)

// Events lists them.
var Events = []string{EventFailure, EventRefusals, EventBreaks, EventExpiring, EventExport, EventClock}

// Notice is one thing that a person should know. Two of one Key are one: it is
// told once.
type Notice struct {
	Key   string    `json:"key"`
	Event string    `json:"event"`
	Text  string    `json:"text"` // of one line; what Slack shows
	At    time.Time `json:"at"`
}

// Notices tells people by a webhook. What cannot be told now is kept beside the
// ledger and told later; no failure here fails or holds up a run.
type Notices struct {
	Ledger string   // they are kept in LEDGER.notices.json
	URL    string   // the webhook, a secret; empty keeps and tells nothing
	On     []string // events that are told; nil is every one
	Now    func() time.Time
	Wait   func(context.Context, time.Duration) error
	Log    zerolog.Logger
}

// noticeState is what is kept.
type noticeState struct {
	Waiting []Notice             `json:"waiting"`
	Told    map[string]time.Time `json:"told"` // key to when it was first said
}

const (
	noticesKept   = 100                  // that wait at once
	noticeAge     = 3 * 24 * time.Hour   // after which one is no news
	noticeMemory  = 400 * 24 * time.Hour // for which a key is not said again
	noticeTimeout = 5 * time.Second      // of one attempt
	noticeTries   = 3                    // in one Send
)

func noticesPath(ledgerPath string) string { return ledgerPath + ".notices.json" }

// Say puts notices with those that wait, but for those said before, and tells all
// that wait. It returns before the context does.
func (n *Notices) Say(ctx context.Context, notices ...Notice) {
	if n.URL == "" {
		return
	}
	held, err := n.lock(ctx)
	if err != nil {
		n.Log.Warn().Err(err).Msg("another program has been sending notices for long; these are not told")
		return
	}
	defer held.Close()
	state := noticeState{}
	if err := readState(noticesPath(n.Ledger), &state); err != nil {
		n.Log.Error().Err(err).Msg("the notices that wait cannot be read")
		return
	}
	before := len(state.Waiting)
	n.add(&state, notices)
	if len(state.Waiting) == 0 && before == 0 {
		return
	}
	n.keep(&state)
	if n.send(ctx, &state) {
		n.keep(&state)
	}
}

// lock waits until nobody else sends notices, or the context ends.
func (n *Notices) lock(ctx context.Context) (io.Closer, error) {
	for {
		held, err := ledger.Lock(n.Ledger, "notices")
		var locked *ledger.LockedError
		if !errors.As(err, &locked) || n.Wait(ctx, lockPause) != nil {
			return held, err
		}
	}
}

// lockPause is how long a look at a lock that another has is put off.
const lockPause = 200 * time.Millisecond

func (n *Notices) keep(state *noticeState) {
	if err := writeState(noticesPath(n.Ledger), state); err != nil {
		n.Log.Error().Err(err).Msg("notices cannot be kept")
	}
}

// add takes what is new and forgets what is old.
func (n *Notices) add(state *noticeState, notices []Notice) {
	now := n.Now()
	if state.Told == nil {
		state.Told = map[string]time.Time{}
	}
	for key, at := range state.Told {
		if now.Sub(at) > noticeMemory {
			delete(state.Told, key)
		}
	}
	for _, x := range notices {
		if _, told := state.Told[x.Key]; told || n.On != nil && !slices.Contains(n.On, x.Event) {
			continue
		}
		x.At = now
		state.Told[x.Key] = now
		state.Waiting = append(state.Waiting, x)
	}
	state.Waiting = slices.DeleteFunc(state.Waiting, func(x Notice) bool { return now.Sub(x.At) > noticeAge })
	if more := len(state.Waiting) - noticesKept; more > 0 {
		n.Log.Error().Int("notices", more).Msg("too many notices wait; the oldest are dropped, the log and the reports have what they said")
		state.Waiting = state.Waiting[more:]
	}
}

// send tells what waits, in order, and reports whether any was told.
func (n *Notices) send(ctx context.Context, state *noticeState) (changed bool) {
	for len(state.Waiting) > 0 {
		err := n.tell(ctx, state.Waiting[0])
		if err != nil && !errors.Is(err, errNeverTold) {
			n.Log.Warn().Err(err).Int("waiting", len(state.Waiting)).Msg("a notice could not be sent; the next run tries again")
			return changed
		}
		if err != nil {
			n.Log.Error().Err(err).Str("notice", state.Waiting[0].Text).Msg("a notice was not taken, and is dropped")
		}
		state.Waiting, changed = state.Waiting[1:], true
	}
	return changed
}

// tell tries a few times, a little later each time.
func (n *Notices) tell(ctx context.Context, x Notice) (err error) {
	for try := range noticeTries {
		if try > 0 {
			if stopped := n.Wait(ctx, time.Second<<(2*(try-1))); stopped != nil {
				return err
			}
		}
		if err = n.post(ctx, x); err == nil || errors.Is(err, errNeverTold) {
			return err
		}
	}
	return err
}

// errNeverTold is of a notice that the webhook will never take.
var errNeverTold = errors.New("the webhook refused it")

// webhook follows no redirect: it would ask for a page, as one to sign in on, without
// the notice, and the page's 200 say that it was told.
var webhook = http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// post makes one attempt. No error of it names the address.
func (n *Notices) post(ctx context.Context, x Notice) error {
	ctx, stop := context.WithTimeout(ctx, noticeTimeout)
	defer stop()
	body, err := json.Marshal(x)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, n.URL, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("%w: its address is none", errNeverTold)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", x.Key)
	resp, err := webhook.Do(req)
	if err != nil {
		var named *url.Error
		if errors.As(err, &named) {
			err = named.Err
		}
		return fmt.Errorf("calling the webhook: %w", err)
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<16)) // so that the connection is used again
	code := resp.StatusCode
	answer := fmt.Sprint(code, " ", http.StatusText(code)) // in our words: its own may have any length
	switch {
	case code/100 == 2:
		return nil
	case code/100 == 4 && code != http.StatusRequestTimeout && code != http.StatusTooManyRequests:
		return fmt.Errorf("%w: it answered %s", errNeverTold, answer)
	default:
		return fmt.Errorf("the webhook answered %s", answer)
	}
}
