(function(){
'use strict';
var f=document.getElementById('f'),d=f.dataset,steps=[].slice.call(f.querySelectorAll('section')),now=0,send=document.getElementById('send'),go=send.parentNode,rescue=document.getElementById('rescue'),key='survey:'+d.code,day=864e5,fresh;
function make(tag,text,cls){var e=document.createElement(tag);e.textContent=text||'';if(cls)e.className=cls;return e}
function button(text,act){var b=make('button',text,'button quiet');b.type='button';b.onclick=act;return b}
function store(v){try{v&&d.code?localStorage.setItem(key,JSON.stringify(v)):localStorage.removeItem(key)}catch(e){}}
function each(list,act){[].forEach.call(list,act)}
function fields(){return [].filter.call(f.elements,function(e){return e.name&&e.name!=='website'&&e.type!=='submit'})}
function keep(){var a=[],n=0;each(fields(),function(e){if(/radio|checkbox/.test(e.type)?e.checked:e.value){a.push([e.name,e.value]);if(e.type!=='hidden')n++}});store(n?{at:Date.now(),a:a}:0)}
function token(list){var t='';list.forEach(function(p){if(p[0]==='form_token')t=p[1]});return t.split('.')[0]}
function restore(){
var s,own=[].map.call(f.querySelectorAll('[type=hidden]'),function(e){return[e.name,e.value]});try{s=JSON.parse(localStorage.getItem(key))}catch(e){}
if(!s||document.getElementById('errors')||document.getElementById('notice'))return;
if(Date.now()-s.at>day||token(s.a)!==token(own))return store(0);
each(fields(),function(e){s.a.forEach(function(p){if(p[0]!==e.name)return;if(/radio|checkbox/.test(e.type)){if(p[1]===e.value)e.checked=true}else e.value=p[1]})});
fresh=own;rescue.className='note';rescue.appendChild(make('p',d.back));
rescue.appendChild(button(d.wipe,function(){store(0);location.reload()}))}
function renew(){if(!fresh)return;fresh.forEach(function(p){f.querySelector('[name='+p[0]+']').value=p[1]});fresh=0}
function paths(){each(f.querySelectorAll('[data-if]'),function(q){
q.hidden=!q.dataset['if'].split(';').every(function(c){var p=c.split('='),v=p[1].split(',');
return [].some.call(f.querySelectorAll('[name="'+p[0]+'"]'),function(e){return e.checked&&v.indexOf(e.value)>=0&&!(e.closest&&e.closest('[hidden]')&&e.closest('[data-if][hidden]'))})})})}
function unanswered(step){return [].filter.call(step.querySelectorAll('[data-required]'),function(q){
return !q.hidden&&![].some.call(q.querySelectorAll('input,textarea'),function(e){return /radio|checkbox/.test(e.type)?e.checked:e.value.trim()})})[0]}
function complain(q){var e=q.querySelector('.error');if(!e){e=make('p',d.need,'error');e.setAttribute('role','alert');q.insertBefore(e,q.children[1]||null)}
q.classList.add('wrong');q.querySelector('input,textarea').focus()}
var bar=document.createElement('progress'),count=make('p','','muted'),back=button('',function(){show(step(-1),1)}),next=button('',function(){var q=unanswered(steps[now]);q?complain(q):show(step(1),1)});
function asks(s){return [].some.call(s.querySelectorAll('fieldset,.entry'),function(q){return !q.closest('[data-if][hidden]')})}
function step(by){var n=now+by;while(steps[n]&&!asks(steps[n]))n+=by;return steps[n]?n:now}
function show(n,move){now=n;
steps.forEach(function(s,i){s.hidden=i!==n});
count.textContent=d.step+' '+(n+1)+'/'+steps.length;bar.value=n+1;
back.hidden=n===0;next.hidden=step(1)===n;
send.hidden=!next.hidden&&(n===0&&!any()||steps.some(unanswered));
send.className=next.hidden?'button':'button quiet';
if(move){scrollTo(0,0);count.focus()}}
function any(){return fields().some(function(e){return e.type!=='hidden'&&(/radio|checkbox/.test(e.type)?e.checked:e.value.trim())})}
restore();paths();
if(steps.length>1){
bar.max=steps.length;bar.setAttribute('aria-hidden','true');count.tabIndex=-1;
steps[0].parentNode.insertBefore(bar,rescue);bar.parentNode.insertBefore(count,bar);
back.textContent='\u2190 '+d.previous;next.textContent=d.next+' \u2192';next.className='button';
go.insertBefore(next,send);go.appendChild(back);
var bad=f.querySelector('section .wrong');show(bad?steps.indexOf(bad.closest('section')):0);
f.addEventListener('click',function(e){var a=e.target.closest&&e.target.closest('#errors a');if(!a)return;
var q=document.getElementById(a.getAttribute('href').slice(1)),s=q&&q.closest('section');if(s){e.preventDefault();show(steps.indexOf(s));q.focus()}})}
var top=document.getElementById('errors')||document.getElementById('notice');if(top)top.focus();
f.addEventListener('change',function(){renew();paths();if(steps.length>1)show(now);keep()});
f.addEventListener('input',function(){renew();keep()});
f.addEventListener('keydown',function(e){if(e.key==='Enter'&&e.target.type==='text'){e.preventDefault();(steps.length<2||next.hidden?send:next).click()}});
f.addEventListener('submit',function(e){keep();
if(e.submitter&&e.submitter.name==='show')return;
if(navigator.onLine===false){e.preventDefault();rescue.className='note';rescue.textContent=d.offline;rescue.scrollIntoView()}});
})();
