// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/html_style.h"

const char hr_html_style[] =
	":root{color-scheme:light dark;--bg:#fff;--fg:#1b1f24;--soft:#57606a;--line:#c9d1d9;"
	"--head:#f3f5f7;--link:#0b57d0;--ink:#fff;--yes:#11632b;--no:#b3261e;--unk:#7a5200;"
	"--k0:#0b3a75;--k1:#2f6fb3;--k2:#62a0d8;--k3:#a9cdeb;--k4:#dcebf8;--kd:#0b3a75;"
	"--k5:#8a2a8a;--k6:#7a5200;--v2:#57606a;--m:#1b1f24;--w:#c8102e}\n"
	"@media (prefers-color-scheme:dark){:root{--bg:#15181c;--fg:#e6e8eb;--soft:#a3acb6;"
	"--line:#3a414a;--head:#20252b;--link:#8ab4f8;--ink:#15181c;--yes:#6fd58c;--no:#ff9a90;"
	"--unk:#f0c060;--k0:#d6e8fb;--k1:#8fc0f0;--k2:#5b95d0;--k3:#2f5f94;--k4:#1f3a5a;"
	"--kd:#d6e8fb;--k5:#e39be3;--k6:#f0c060;--v2:#a3acb6;--m:#e6e8eb;--w:#ff8a8a}}\n"
	"*{box-sizing:border-box}\n"
	"body{margin:0 auto;max-width:76rem;padding:1rem 1.25rem 3rem;background:var(--bg);"
	"color:var(--fg);font:15px/1.5 system-ui,-apple-system,\"Segoe UI\",\"DejaVu Sans\","
	"sans-serif}\n"
	"h1{font-size:1.5rem;line-height:1.25;margin:.5rem 0}\n"
	"h2{font-size:1.2rem;margin:2.2rem 0 .6rem;padding-bottom:.2rem;"
	"border-bottom:2px solid var(--line)}\n"
	"h3{font-size:1.05rem;margin:1.6rem 0 .5rem}h4{font-size:1rem;margin:1.2rem 0 .4rem}\n"
	"p,ul,dl{margin:.5rem 0;max-width:60rem;overflow-wrap:anywhere}li{margin:.2rem 0}\n"
	"dt{font-weight:600;margin-top:.5rem}dd{margin:0 0 0 1rem}a{color:var(--link)}\n"
	"code,td,th[scope=row]{font-family:ui-monospace,\"DejaVu Sans Mono\",Menlo,Consolas,"
	"monospace;font-size:.85rem;unicode-bidi:isolate}\n"
	".lead{color:var(--soft);overflow-wrap:anywhere}\n"
	".yes{color:var(--yes)}.no{color:var(--no)}.unknown{color:var(--unk)}\n"
	".yes,.no,.unknown{border:2px solid;border-radius:4px;padding:0 .4em;white-space:nowrap}\n"
	".if{border:2px dashed var(--unk);padding:0 1rem .5rem;margin-top:1.5rem}.if "
	"h2{margin-top:.8rem}\n"
	"figure{margin:.8rem 0}figcaption{color:var(--soft);margin-bottom:.4rem}\n"
	".line{display:grid;grid-template-columns:11.5rem 1fr;gap:.5rem;align-items:center}\n"
	".line code{white-space:nowrap}.line span{font-size:.85rem;line-height:1.2}\n"
	"svg{display:block;overflow:visible}svg text{font:11px ui-monospace,\"DejaVu Sans Mono\","
	"monospace;fill:var(--fg)}.r{text-anchor:end}\n"
	".defs{position:absolute;width:0;height:0}\n"
	".t{overflow-x:auto;margin:.8rem 0}.t:focus-visible,summary:focus-visible,"
	"a:focus-visible{outline:3px solid var(--link);outline-offset:2px}\n"
	"table{border-collapse:collapse}caption{text-align:left;font-weight:600;"
	"padding:.2rem 0 .3rem}\n"
	"th,td{border:1px solid var(--line);padding:.25rem .5rem;text-align:left;"
	"vertical-align:top;font-weight:400}\n"
	"thead th{background:var(--head);font-weight:600;font-size:.85rem}\n"
	".n{text-align:right;font-variant-numeric:tabular-nums}\n"
	".p{min-width:17rem}.p svg{margin-top:.3rem}td.w{min-width:20rem}\n"
	"td ul{margin:.3rem 0;padding-left:1.1rem;min-width:22rem}\n"
	"summary{cursor:pointer;padding:.15rem 0}td summary{white-space:nowrap}\n"
	".beside{display:flex;flex-wrap:wrap;gap:0 2rem}.beside .t{max-width:100%}\n"
	"rect{stroke:var(--bg);stroke-width:.75}\n"
	".k0{fill:var(--k0)}.k1{fill:url(#k1)}.k2{fill:var(--k2)}.k3{fill:url(#k3)}"
	".k4{fill:url(#k4);stroke:var(--kd)}.k5{fill:url(#k5)}.k6{fill:url(#k6)}"
	".k7{fill:none;stroke:var(--soft);stroke-dasharray:2 2}\n"
	".v0{fill:var(--yes)}.v1{fill:url(#v1)}.v2{fill:url(#v2)}.v3{fill:url(#v3)}"
	".v4{fill:url(#v4)}.v5{fill:url(#v5)}\n"
	".m{fill:var(--m)}.c{fill:var(--unk)}.w{fill:none;stroke:var(--w);stroke-width:2.5}"
	".e{stroke:var(--fg);stroke-dasharray:3 2}\n"
	".b0{fill:var(--k0)}.b1{fill:url(#k3);stroke:var(--kd)}.b2{fill:url(#k5)}\n"
	"@media (max-width:40rem){body{padding:.75rem}.line{grid-template-columns:1fr;gap:0;"
	"margin-bottom:.4rem}.p{min-width:11rem}}\n"
	"@media print{:root{--bg:#fff;--fg:#000;--soft:#444;--line:#999;--head:#eee;--link:#000;"
	"--ink:#fff;--yes:#11632b;--no:#b3261e;--unk:#7a5200;--k0:#0b3a75;--k1:#2f6fb3;--k2:#"
	"62a0d8;"
	"--k3:#a9cdeb;--k4:#dcebf8;--kd:#0b3a75;--k5:#8a2a8a;--k6:#7a5200;--v2:#57606a;--m:#000;"
	"--w:#c8102e}\n"
	"body{max-width:none;padding:0;font-size:10pt}.t{overflow:visible}"
	"code,td,th[scope=row]{font-size:7.5pt}thead th{font-size:8pt}"
	"td,th{padding:.1rem .25rem;overflow-wrap:break-word}"
	".p{min-width:6rem}td.w,td ul{min-width:0}"
	"tr,figure,h2,h3,h4{break-inside:avoid}h2,h3,h4,summary{break-after:avoid}"
	"details::details-content{content-visibility:visible;display:block}"
	"svg,rect{print-color-adjust:exact;-webkit-print-color-adjust:exact}"
	"@page{margin:14mm}}\n";

const char hr_html_style_hash[] = "EF+Tqka4DoU+Ir7vfEBMq9w77HUUTIaMTkqOofJ40KU=";

#define PATTERN(id, size)                                                                          \
	"<pattern id=\"" id "\" width=\"" size "\" height=\"" size                                 \
	"\" patternUnits=\"userSpaceOnUse\">"
#define GROUND(size, colour)                                                                       \
	"<path d=\"M0 0h" size "v" size "h-" size "z\" fill=\"var(--" colour ")\"/>"
#define STROKE(path, width, colour)                                                                \
	"<path d=\"" path "\" fill=\"none\" stroke-width=\"" width "\" stroke=\"var(--" colour     \
	")\"/></pattern>\n"
#define RISING	"M-1 1l2 -2M0 6l6 -6M5 7l2 -2"
#define FALLING "M-1 5l2 2M0 0l6 6M5 -1l2 2"
#define CROSS	"M0 6l6 -6M0 0l6 6"

const char hr_html_patterns[] =
	"<svg class=\"defs\" aria-hidden=\"true\" focusable=\"false\"><defs>\n"
	/* Groups of leaves are striped, and pages dotted. */
	PATTERN("k1", "6") GROUND("6", "k1") STROKE(RISING, "1.2", "ink") PATTERN("k3", "6") GROUND(
		"6", "k3") STROKE(RISING, "1.2", "kd") PATTERN("k4", "4") GROUND("4", "k4")
		STROKE("M1 1h1", "1", "kd") PATTERN("k5", "6") GROUND("6", "k5") STROKE(
			CROSS, "1", "ink") PATTERN("k6", "6") GROUND("6", "bg")
			STROKE(CROSS, "1.5", "k6") PATTERN("v1", "6") GROUND("6", "no") STROKE(
				FALLING, "1.5", "ink") PATTERN("v2", "4") GROUND("4", "bg")
				STROKE("M0 .5h4M0 2.5h4", "1.2", "v2") PATTERN("v3", "6") GROUND(
					"6", "no") STROKE(CROSS, "1", "ink") PATTERN("v4", "6")
					GROUND("6", "bg") STROKE("M0 1.5h3M3 4.5h3", "2", "unk")
						PATTERN("v5", "6") GROUND("6", "yes") STROKE(
							"M4.5 0v6", "3", "no") "</defs></svg>\n";
