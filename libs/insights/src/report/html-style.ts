import { Markup } from './html-template';

/** The portal's colours and shapes in one small sheet; no fonts or pictures from elsewhere. */
export const style = new Markup(`
:root{color-scheme:light dark;--canvas:light-dark(#f2f5f6,#0d1418);--sheet:light-dark(#fff,#151c21);--line:light-dark(#d4dadd,#2d353a);--ink:light-dark(#161f27,#e4e9eb);--ink-2:light-dark(#3e4951,#b6bfc4);--ink-3:light-dark(#566268,#97a2a7);--brand:light-dark(#17548f,#8fc4f1);--s1:light-dark(#b7191c,#fb756e);--on-s1:light-dark(#fff,#250e0d);--s2:light-dark(#f7a745,#f5ad53);--on-s2:light-dark(#2c1909,#251304);--s3:light-dark(#dce8f1,#283945);--on-s3:light-dark(#233849,#d3e0ea);--ok:light-dark(#126630,#83d494);--warn:light-dark(#7e4f04,#eec469);--warn-soft:light-dark(#fdefcf,#3c2e14);--err:light-dark(#ac1a1c,#ff9b93);--code:light-dark(#edf2f4,#0a1015)}
*{box-sizing:border-box}
body{margin:0;background:var(--canvas);color:var(--ink);font:400 .875rem/1.25rem "Atkinson Hyperlegible Next",system-ui,sans-serif;overflow-wrap:anywhere}
main{max-width:64rem;margin:0 auto;padding:1.5rem 1rem 3rem}
h1,h2,h3,p,ol,ul,dl,dd,figure,pre,table{margin:0;padding:0}
h1{font-size:1.375rem;line-height:1.75rem;font-weight:600}h2{font-size:1rem;line-height:1.5rem;font-weight:650;margin:1.75rem 0 .5rem}h3{font-size:.9375rem;line-height:1.375rem;font-weight:650}
a{color:var(--brand)}code,pre,.mono{font-family:"Atkinson Hyperlegible Mono",ui-monospace,monospace;font-size:.9em}
.facts{color:var(--ink-2);margin:.25rem 0 .75rem}.lede{font-size:1.0625rem;line-height:1.5rem;margin-bottom:1rem}.caution{background:var(--warn-soft);border:1px solid var(--warn);padding:.5rem .75rem;margin-bottom:1rem;border-radius:4px}.dim{color:var(--ink-3)}.s13{font-size:.8125rem;line-height:1.1875rem}
.tally{display:flex;flex-wrap:wrap;border-top:3px solid var(--ink);border-bottom:1px solid var(--line);list-style:none;margin-bottom:1rem}
.tally li{padding:.5rem 1.25rem .5rem 0;margin-right:1.25rem;border-right:1px solid var(--line)}.tally li:last-child{border:0}.tally b{display:block;font-size:1.25rem;line-height:1.625rem;font-variant-numeric:tabular-nums}
.entry{display:grid;grid-template-columns:2rem minmax(0,1fr);background:var(--sheet);border:1px solid var(--line);margin-top:-1px;padding:.75rem .875rem;break-inside:avoid}
.entry>.no{color:var(--ink-3);font-family:ui-monospace,monospace;font-size:.8125rem}.entry>div{display:grid;gap:.5rem}
.sev{display:inline-block;border-radius:2px;padding:0 .375rem;font-size:.75rem;line-height:1.25rem;font-weight:650;margin-right:.5rem;border:1px solid transparent}
.critical{background:var(--s1);color:var(--on-s1)}.high{background:var(--s2);color:var(--on-s2)}.warning{background:var(--s3);color:var(--on-s3);border-color:var(--ink-3)}.review,.info{border:1px solid var(--brand);color:var(--brand)}.not_evaluated,.not_applicable,.error{border:1px dashed var(--ink-3);color:var(--ink-2)}.pass{border:1px solid var(--ok);color:var(--ok)}
.evd{border:1px solid var(--line);border-radius:4px;background:var(--code)}.evd figcaption{padding:.1875rem .625rem;border-bottom:1px solid var(--line);font-size:.75rem;color:var(--ink-2)}.evd pre{padding:.4375rem .625rem;font-size:.8125rem;white-space:pre-wrap}.evd mark{background:var(--warn-soft);color:var(--ink);font-weight:650}
.do{padding-left:1.25rem}.mt{color:var(--ink-2);font-size:.8125rem}
table{width:100%;border-collapse:collapse;background:var(--sheet);border:1px solid var(--line);font-size:.8125rem}th,td{text-align:left;vertical-align:top;padding:.3125rem .625rem;border-bottom:1px solid var(--line)}th{font-weight:650}td:first-child{width:32%}
footer{margin-top:2rem;border-top:1px solid var(--line);padding-top:.75rem;color:var(--ink-2);font-size:.8125rem}
@media(max-width:760px){.entry{grid-template-columns:minmax(0,1fr)}}
@media print{:root{color-scheme:light}body{background:#fff}main{max-width:none;padding:0}.sev,mark{print-color-adjust:exact;-webkit-print-color-adjust:exact}a{color:inherit;text-decoration:none}}
`);
