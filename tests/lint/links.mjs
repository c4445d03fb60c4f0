// The links of all documents, in the repository and in the book that mdbook has built of docs/.
//
//   node links.mjs BOOK

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

import GithubSlugger from 'github-slugger';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { toString } from 'mdast-util-to-string';
import { gfm } from 'micromark-extension-gfm';
import { visit } from 'unist-util-visit';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const BOOK = resolve(process.argv[2] ?? join(ROOT, 'target/book'));

const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], { cwd: ROOT });
const FILES = listed.toString().trim().split('\n').filter((file) => existsSync(join(ROOT, file)));
const PAGES = FILES.filter((file) => file.startsWith('docs/') && file !== 'docs/SUMMARY.md');

const parse = (text) => fromMarkdown(text, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
const read = (file) => readFileSync(join(ROOT, file), 'utf8');

/** The anchors that GitHub gives a document's headings. */
function anchorsOf(text) {
  const slugger = new GithubSlugger();
  const anchors = new Set();
  visit(parse(text), 'heading', (heading) => {
    anchors.add(slugger.slug(toString(heading)));
  });
  return anchors;
}

/** Where a document's links and pictures lead, other sites left out. */
function linksOf(text) {
  const links = [];
  visit(parse(text), ['link', 'image', 'definition'], ({ url }) => {
    if (!/^[a-z]+:/i.test(url)) {
      links.push(url);
    }
  });
  return links;
}

/** What is wrong with the links of a document of the repository. */
function mistakes(file, text) {
  return linksOf(text).flatMap((link) => {
    const [path, anchor] = decodeURIComponent(link).split('#');
    const target = path === '' ? file : relative(ROOT, resolve(ROOT, dirname(file), path));
    if (target !== file && (target.startsWith('..') || !existsSync(join(ROOT, target)))) {
      return [`${file}: ${link} leads nowhere`];
    }
    if (file.startsWith('docs/') && target.endsWith('.md') && !target.startsWith('docs/')) {
      return [`${file}: ${link} leads out of the book, which turns it into a page that is not there`];
    }
    if (anchor !== undefined && target.endsWith('.md')) {
      const known = anchorsOf(target === file ? text : read(target));
      return known.has(anchor) ? [] : [`${file}: ${link} has no such heading`];
    }
    return [];
  });
}

/** What is wrong with the links between the pages of the book. */
function mistakesInBook(page, html) {
  const hrefs = Array.from(html.matchAll(/<a [^>]*href="([^"]*)"/g), ([, href]) => href);
  return hrefs.flatMap((href) => {
    if (/^[a-z]+:/i.test(href)) {
      return [];
    }
    const [path, anchor] = decodeURIComponent(href.replaceAll('&amp;', '&')).split('#');
    const target = path === '' ? join(BOOK, page) : resolve(BOOK, dirname(page), path);
    if (relative(BOOK, target).startsWith('..')) {
      return []; // A file of the repository: the first half has seen it.
    }
    if (!existsSync(target)) {
      return [`${page}: ${href} leads nowhere`];
    }
    const there = target === join(BOOK, page) ? html : readFileSync(target, 'utf8');
    return anchor && !there.includes(`id="${anchor}"`) ? [`${page}: ${href} has no such heading`] : [];
  });
}

describe('the links of the documents', () => {
  for (const file of FILES) {
    it(`of ${file} lead somewhere`, () => {
      assert.deepEqual(mistakes(file, read(file)), []);
    });
  }

  it('are found wrong if they are', () => {
    const text = '# Here\n\n[a](nowhere.md) [b](#there) [c](glossary.md#nothing) [d](../README.md) | [e](#here)\n\n![f](no.png)\n';
    assert.equal(mistakes('docs/made-up.md', text).length, 5);
    assert.equal(mistakes('docs/made-up.md', '| a |\n| --- |\n| [b](nowhere.md) |\n').length, 1);
  });
});

describe('the book', () => {
  it('has every page of docs/, once', () => {
    const chapters = linksOf(read('docs/SUMMARY.md')).map((link) => `docs/${link}`);
    assert.deepEqual(chapters.toSorted(), PAGES.toSorted());
  });

  // print.html has all pages in one, whose headings have other names; toc.html is part of each page.
  const pages = readdirSync(BOOK, { recursive: true })
    .filter((page) => page.endsWith('.html') && !['404.html', 'print.html', 'toc.html'].includes(page));

  it('has a page for each document', () => {
    assert.equal(new Set(pages).size, PAGES.length);
  });

  for (const page of pages) {
    it(`has ${page}, whose links lead somewhere`, () => {
      assert.deepEqual(mistakesInBook(page, readFileSync(join(BOOK, page), 'utf8')), []);
    });
  }

  it('is found wrong if it is', () => {
    const html = '<a class="x" href="nowhere.html">a</a> <a href="glossary.html#nothing">b</a> <a href="glossary.html#host">c</a>';
    assert.equal(mistakesInBook('index.html', html).length, 2);
  });
});
