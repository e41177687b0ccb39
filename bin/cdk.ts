import { createApp } from '../lib/cloud/app.ts';

createApp();
