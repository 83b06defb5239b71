(()=>{var e=document.documentElement;e.dataset.script="";try{let t=localStorage.getItem("theme");(t==="light"||t==="dark")&&(e.dataset.theme=t)}catch{}})();
