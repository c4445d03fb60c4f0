// #region angular
import { Component, CUSTOM_ELEMENTS_SCHEMA, signal } from '@angular/core';
import { type EmbedError, type Message } from '@empego-gateway/clinical-embed';
import '@empego-gateway/clinical-embed/register';

@Component({
  selector: 'ehr-chart',
  schemas: [CUSTOM_ELEMENTS_SCHEMA],
  template: `
    <clinical-embed
      [contextKey]="contextKey()"
      launch-url="/ehr/launch"
      frame-title="Consultation"
      (embed-message)="heard($event)"
      (embed-error)="failed($event)"
    ></clinical-embed>
  `,
})
export class ChartComponent {
  readonly contextKey = signal('chart-1');
  readonly news = signal('');

  heard({ detail }: CustomEvent<Message>): void {
    if (detail.kind === 'consultation') this.news.set(`Consultation: ${detail.operation}`);
  }

  failed({ detail }: CustomEvent<EmbedError>): void {
    this.news.set(`${detail.code} (request ${detail.requestId ?? 'unknown'})`);
  }
}
// #endregion
