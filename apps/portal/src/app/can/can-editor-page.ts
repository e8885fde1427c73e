import { Component } from '@angular/core';

@Component({ selector: 'cb-can-editor-page', template: '<h1>CanEditorPage</h1>' })
export class CanEditorPage {}
