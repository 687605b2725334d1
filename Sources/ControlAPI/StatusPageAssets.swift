/// Style and script of the status page. Constant texts: nothing from outside is ever put into them.
enum StatusPageAssets {
  static let style = """
    :root { color-scheme: light dark;
      --ground: #f6f7f9; --card: #fff; --ink: #17202a; --quiet: #66707c; --line: #e2e6ea;
      --healthy: #12805c; --degraded: #a86400; --down: #c22f3d; --unknown: #6a4fc4; }
    @media (prefers-color-scheme: dark) { :root {
      --ground: #11151a; --card: #1a2027; --ink: #e7ecf1; --quiet: #94a0ad;
      --line: #2a323b; --healthy: #3ecf9a; --degraded: #f0ad4e; --down: #ff6b76; --unknown: #a994ff; } }
    * { box-sizing: border-box; }
    body { margin: 0 auto; max-width: 1100px; padding: 24px 20px 48px; background: var(--ground); color: var(--ink);
      font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
    header { display: flex; align-items: center; gap: 12px; margin-bottom: 20px; flex-wrap: wrap; }
    h1 { font-size: 22px; margin: 0; letter-spacing: -.01em; }
    h2 { font-size: 12px; font-weight: 600; margin: 0 0 10px; color: var(--quiet); text-transform: uppercase;
      letter-spacing: .06em; }
    .space { flex: 1; }
    .quiet { color: var(--quiet); font-size: 13px; }
    input { font: inherit; font-size: 13px; padding: 6px 10px; border: 1px solid var(--line); border-radius: 8px;
      background: var(--card); color: var(--ink); width: 180px; }
    section { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 16px 18px;
      margin-bottom: 14px; }
    .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(200px, 1fr)); gap: 14px; padding: 0;
      border: 0; background: none; }
    .tile { background: var(--card); border: 1px solid var(--line); border-left: 4px solid var(--quiet);
      border-radius: 12px; padding: 14px 16px; }
    .tile strong { display: block; font-size: 26px; line-height: 1.2; font-variant-numeric: tabular-nums; }
    .tile.healthy { border-left-color: var(--healthy); } .tile.degraded { border-left-color: var(--degraded); }
    .tile.down { border-left-color: var(--down); } .tile.down strong { color: var(--down); }
    .tile.unknown { border-left-color: var(--unknown); } .tile.unknown strong { color: var(--unknown); }
    .pill { display: inline-block; padding: 2px 10px; border-radius: 999px; font-size: 13px;
      border: 1px solid var(--line); }
    .pill.healthy { color: var(--healthy); border-color: currentColor; }
    .pill.degraded { color: var(--degraded); border-color: currentColor; }
    .pill.down { color: var(--down); border-color: currentColor; font-weight: 600; }
    .pill.unknown { color: var(--unknown); border-color: currentColor; font-weight: 600; }
    .pills { margin: 0; display: flex; flex-wrap: wrap; gap: 8px; }
    .layer { display: grid; grid-template-columns: 80px 1fr 70px 70px; gap: 12px; align-items: center; }
    meter { width: 100%; height: 12px; }
    .number { text-align: right; font-variant-numeric: tabular-nums; }
    .scroll { overflow-x: auto; }
    table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
    th { text-align: left; font-size: 12px; font-weight: 600; color: var(--quiet); padding: 4px 12px 4px 0; }
    td { border-top: 1px solid var(--line); padding: 6px 12px 6px 0; vertical-align: top; }
    b.covered { color: var(--healthy); } b.naked, b.critical { color: var(--down); }
    b.partial, b.warning { color: var(--degraded); } b.unknown { color: var(--unknown); }
    #stale { background: var(--down); color: #fff; border-radius: 12px; padding: 10px 16px; margin: 0 0 14px; }
    body.stale main { opacity: .45; }
    """

  /// Fetches the page again every two seconds. An answer that does not come is said so in plain words and the old
  /// figures are greyed out: what is not known any more must not look as if it were (promise I8).
  static let script = """
    (() => {
      const every = 2000, patience = 5000;
      const token = document.getElementById('token'), stale = document.getElementById('stale');
      let answered = Date.now();
      const show = problem => {
        const seconds = Math.round((Date.now() - answered) / 1000);
        stale.hidden = !problem;
        document.body.classList.toggle('stale', Boolean(problem));
        if (problem) {
          const pill = document.createElement('span');
          pill.className = 'pill unknown';
          pill.textContent = 'unknown';
          document.getElementById('level').replaceChildren(pill);
        }
        if (problem) stale.textContent = problem + ' What you see is ' + seconds
          + ' s old; the present state is unknown.';
      };
      const refresh = async () => {
        const headers = token.value ? { Authorization: 'Bearer ' + token.value } : {};
        try {
          const answer = await fetch('/', { headers, cache: 'no-store', signal: AbortSignal.timeout(patience) });
          if (answer.status === 401 || answer.status === 429) { show('The token is not accepted.'); return; }
          if (!answer.ok) { show('Backstop answered ' + answer.status + '.'); return; }
          const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
          document.getElementById('main').replaceWith(page.getElementById('main'));
          document.getElementById('level').replaceWith(page.getElementById('level'));
          answered = Date.now();
          show('');
        } catch { show('Backstop does not answer.'); }
      };
      const loop = async () => { await refresh(); setTimeout(loop, every); };
      token.addEventListener('change', refresh);
      setTimeout(loop, every);
    })();
    """
}
