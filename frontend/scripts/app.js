// What a server-rendered page cannot do by itself. Every page works without this file.
import htmx from 'htmx.org';
import './theme-switch.js';
import './copy.js';
import './dialogs.js';
import './menus.js';
import './rows.js';
import './summary.js';
import './drag.js';
import { watchRequests } from './requests.js';
import { startAlpine } from './alpine.js';

window.htmx = htmx;
watchRequests();
startAlpine();
