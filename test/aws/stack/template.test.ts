// One process for all that needs no bundles: the first synthesis of a process takes seconds, the next ones a half.
import './alarms.suite.ts';
import './data.suite.ts';
import './machine.suite.ts';
import './notices.suite.ts';
import './roles.suite.ts';
import './rules.suite.ts';
import './stack.suite.ts';
import './sweeps.suite.ts';
import './tags.suite.ts';
