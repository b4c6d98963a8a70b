try{localStorage.removeItem('survey:'+document.getElementById('receipt').dataset.code)}catch(e){}
