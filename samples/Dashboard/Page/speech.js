import { byId } from './dom.js';

// Says things aloud, once the reader has allowed it.
export class Speech {
  isAllowed = false;
  button = byId('announce');

  constructor(changed) {
    if (!('speechSynthesis' in window)) {
      this.button.disabled = true;
      this.button.title = 'This browser has no voice.';
      return;
    }
    this.button.onclick = () => {
      this.isAllowed = !this.isAllowed;
      this.button.setAttribute('aria-pressed', this.isAllowed);
      if (!this.isAllowed) speechSynthesis.cancel();
      changed(this.isAllowed);
    };
  }

  say(sentence) {
    if (!this.isAllowed) return;
    const words = new SpeechSynthesisUtterance(sentence);
    words.lang = 'en';
    speechSynthesis.speak(words);
  }
}
