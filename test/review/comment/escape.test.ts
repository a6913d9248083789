import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { clean, code, fence, link, prose } from "../../../review/comment/escape";
import { token } from "../../support/hostileReports";

describe("text from elsewhere", () => {
  test("words stay words, values become code", () => {
    const cases = {
      "the internet reaches its ports 443, 80.": "the internet reaches its ports 443, 80.",
      "spec.type is open: set edge.service.type.": "`spec.type` is open: set `edge.service.type`.",
      "replaced because a.b (m7i.xlarge → m7i.2xlarge) changes":
        "replaced because `a.b` (`m7i.xlarge` → `m7i.2xlarge`) changes",
      "ask @everyone or see #12": "ask `@everyone` or see `#12`",
      "commit deadbeef12 of acme/shop#3": "commit `deadbeef12` of `acme/shop#3`",
      "set `edge.service.type` to `ClusterIP`.": "set `edge.service.type` to `ClusterIP`.",
      "1. do it": "`1.` do it",
      "f(x) is called": "`f(x)` is called",
      "**bold** <b>": "`**bold** <b>`",
      "": "",
    };
    for (const [text, expected] of Object.entries(cases)) assert.equal(prose(text), expected, text);
  });

  test("code spans are longer than what is in them, and hold no pipe", () => {
    assert.equal(code("a`b"), "``a`b``");
    assert.equal(code("`a`"), "`` `a` ``");
    assert.equal(code("a|b\nc"), "`a¦b c`");
    assert.equal(code(""), "*empty*");
    assert.equal(code("abcdef", 4), "`abc…`");
    assert.equal(code("abcdef", 4, "start"), "`…def`");
  });

  test("a fence is longer than every run of backticks in it", () => {
    assert.equal(fence("text", "a\n````\nb"), "`````text\na\n````\nb\n`````");
    assert.equal(fence("yaml", "a: <!-- b"), "```yaml\na: < !-- b\n```");
    assert.match(fence("text", "x".repeat(900)), /\nx{460}… \(440 more\)\n/);
  });

  test("what nobody sees is written out, colours of terminals are gone", () => {
    assert.equal(clean("\u001b[31mred\u001b[0m"), "red");
    assert.equal(clean("a\u202eb\u200bc"), "a\\u{202e}b\\u{200b}c");
    assert.equal(clean("\ud800"), "\\u{d800}");
    assert.equal(clean("grün ❤\ufe0f 日本"), "grün ❤\ufe0f 日本");
  });

  test("secrets by their shape are masked", () => {
    assert.doesNotMatch(clean(`Bearer ${token}`), /ghp_/);
    assert.equal(clean("postgres://app:hunter22@db/x"), "postgres://app:[secret]@db/x");
  });

  test("links lead to web pages and nowhere else", () => {
    assert.equal(link("a", "https://x.example/(b)?c=`d`|e"), "[a](https://x.example/%28b%29?c=%60d%60%7Ce)");
    for (const address of ["javascript:alert(1)", "data:text/html,x", "//x", "", "https://u:p@x.example/"]) {
      assert.equal(link("a", address), "a", address);
    }
  });
});
