/** VitePress' own theme, with the system's fonts and the colours of the reports. */
import DefaultTheme from 'vitepress/theme-without-fonts';
import './style.css';

export default DefaultTheme;
