package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"prorata/jobs"
)

// schedule is the verb that runs all jobs at their times, until it is stopped.
func schedule(ctx context.Context, c *console, args []string) error {
	f := flag.NewFlagSet("schedule", flag.ContinueOnError)
	said := c.settings(f, "inbox", "out", "ledger", "policy", "formats")
	f.Bool("json", false, "as every verb takes it; it changes nothing: the log is JSON where log.format says so")
	cfg, err := said.alone(f, args)
	if err != nil {
		return err
	}
	s, err := newScheduled(c, cfg)
	if err != nil {
		return err
	}
	stop, err := s.listen(cfg.text("monitor.listen"))
	if err != nil {
		return err
	}
	defer stop()
	c.log.Info().Str("ledger", cfg.path("ledger")).Str("inbox", cfg.path("inbox")).Str("version", programVersion()).Msg("the schedule begins")
	c.rest()
	end, enough := context.WithCancel(context.Background())
	defer enough()
	s.end = end
	err = s.schedule().Run(ctx)
	time.AfterFunc(noticeTime, enough) // what is not told by then is kept for the next
	s.telling.Wait()
	c.log.Info().Msg("the schedule ends")
	return err
}

// scheduled is what the jobs of a schedule work with.
type scheduled struct {
	c       *console
	cfg     *config
	night   jobs.ScheduledNight
	crons   map[string]jobs.Cron
	notices *jobs.Notices
	monitor *jobs.Monitor
	telling sync.WaitGroup
	saying  sync.Mutex      // notices are told one after the other, none is left out
	end     context.Context // of the time that the program gives them
}

// newScheduled reads what the jobs need once, so that what is wrong is said when
// the schedule begins.
func newScheduled(c *console, cfg *config) (*scheduled, error) {
	run, err := cfg.run(c)
	if err != nil {
		return nil, err
	}
	s := &scheduled{c: c, cfg: cfg, crons: map[string]jobs.Cron{}, end: context.Background()}
	if s.crons, err = cfg.crons(); err != nil {
		return nil, err
	}
	if s.notices, err = cfg.tells(c); err != nil {
		return nil, err
	}
	s.night = jobs.ScheduledNight{Run: run, Ingest: cfg.ingest(c, jobs.JobNight), Zone: cfg.zone("jobs.night.zone")}
	s.monitor = &jobs.Monitor{Version: programVersion(), Watch: func() *jobs.Watch { return cfg.watch(c, s.crons) }}
	return s, nil
}

// crons are the times of the jobs, by name.
func (cfg *config) crons() (map[string]jobs.Cron, error) {
	all := map[string]jobs.Cron{}
	for _, name := range []string{jobs.JobIngest, jobs.JobNight, jobs.JobVerify} {
		cron, err := jobs.ParseCron(cfg.text("jobs."+name+".cron"), cfg.zone("jobs."+name+".zone"))
		if err != nil {
			return nil, usageError{"jobs." + name + ".cron: " + err.Error()}
		}
		all[name] = cron
	}
	return all, nil
}

// ingest takes files out of the inbox on today's date in the zone of a job.
func (cfg *config) ingest(c *console, job string) *jobs.Ingest {
	return &jobs.Ingest{Inbox: cfg.path("inbox"), Ledger: cfg.path("ledger"), Date: c.today(cfg.zone("jobs." + job + ".zone")),
		Senders: cfg.readings(), Quiet: time.Duration(cfg.number("jobs.ingest.quiet_seconds")) * time.Second, Wait: wait, Progress: c.progress, Log: c.log}
}

func (cfg *config) watch(c *console, crons map[string]jobs.Cron) *jobs.Watch {
	return &jobs.Watch{Ledger: cfg.path("ledger"), Inbox: cfg.path("inbox"), Now: c.now(), Zone: cfg.zone("zone"), Jobs: crons,
		ExpiringDays: cfg.number("notices.expiring_days"), ExportDays: cfg.number("monitor.export_days")}
}

// schedule lists the jobs: files are taken in before the night that takes them.
func (s *scheduled) schedule() *jobs.Schedule {
	return &jobs.Schedule{
		Ledger: s.cfg.path("ledger"), Now: s.c.now, Wait: wait, Tick: 20 * time.Second, Log: s.c.log,
		CatchUp: s.cfg.number("jobs.night.catch_up_days"),
		Jobs: []jobs.ScheduledJob{
			{Name: jobs.JobIngest, Cron: s.crons[jobs.JobIngest], Do: s.takeIn},
			{Name: jobs.JobNight, Cron: s.crons[jobs.JobNight], EachMissed: true, Do: s.makeNight},
			{Name: jobs.JobVerify, Cron: s.crons[jobs.JobVerify], Do: s.verify},
		},
		Since: func(string) (time.Time, error) { return jobs.NightsSince(s.cfg.path("ledger"), s.night.Zone) },
		Ended: s.ended,
		Back:  func(by time.Duration) { s.tell(jobs.ClockNotice(by, s.c.now())) },
	}
}

func (s *scheduled) takeIn(ctx context.Context, _ time.Time) error {
	in, err := s.cfg.ingest(s.c, jobs.JobIngest).Do(ctx)
	if in != nil {
		s.tell(in.Notices()...)
	}
	return err
}

func (s *scheduled) makeNight(ctx context.Context, due time.Time) error {
	begin := s.c.now()
	s.night.Ingest = s.cfg.ingest(s.c, jobs.JobNight)
	report, err := s.night.Do(ctx, due)
	if err == nil {
		report.LogEnd(s.c.log, s.c.now().Sub(begin))
		s.tell(report.Notices()...)
	}
	return err
}

func (s *scheduled) verify(ctx context.Context, _ time.Time) error {
	if last, err := jobs.LastNight(s.cfg.path("ledger")); err != nil || last.IsZero() {
		return err // there is nothing to verify yet
	}
	v, err := jobs.Verify(ctx, s.cfg.path("ledger"), s.cfg.path("out"), programVersion(), s.c.progress)
	if err != nil {
		return err
	}
	if len(v.Others) > 0 {
		s.c.log.Warn().Int("nights", len(v.Others)).Str(zerolog.ErrorFieldName, v.OtherVersion()).
			Msg("another version of the program made nights that this one makes otherwise")
	}
	return v.VerifyProblem()
}

// ended tells of a job that failed, and what time has brought.
func (s *scheduled) ended(job string, due time.Time, err error) {
	s.c.rest()
	status := s.monitor.Refresh()
	var all []jobs.Notice
	if err != nil {
		all = append(all, jobs.FailureNotice(job, due, err))
	}
	if job == jobs.JobNight && status != nil {
		all = append(all, status.Notices(s.cfg.number("monitor.export_days"))...)
	}
	s.tell(all...)
}

// noticeTime is how long the end of the program waits for notices.
const noticeTime = 20 * time.Second

// tell sends notices, and what waits from before, without anyone waiting for it.
func (s *scheduled) tell(all ...jobs.Notice) {
	s.telling.Go(func() {
		s.saying.Lock()
		defer s.saying.Unlock()
		ctx, stop := context.WithTimeout(s.end, noticeTime)
		defer stop()
		s.notices.Say(ctx, all...)
	})
}

// listen answers on the loopback address, where one is configured.
func (s *scheduled) listen(address string) (stop func(), err error) {
	if address == "" {
		return func() {}, nil
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listening on monitor.listen: %w", err)
	}
	server := &http.Server{Handler: s.monitor, ReadTimeout: 5 * time.Second, WriteTimeout: time.Minute}
	go func() {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			s.c.log.Error().Err(err).Msg("the monitor ended")
		}
	}()
	s.c.log.Info().Str("address", l.Addr().String()).Str("pages", strings.Join([]string{"/healthz", "/readyz", "/metrics"}, " ")).Msg("the monitor answers")
	return func() { server.Close() }, nil
}
