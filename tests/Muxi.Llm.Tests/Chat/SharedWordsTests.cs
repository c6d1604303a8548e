using System.Text;
using System.Text.Json;

namespace Muxi.Llm.Tests;

/// <summary>What repeats through a stream is one string; what only looks alike in its bytes is not.</summary>
public sealed class SharedWordsTests
{
    [Theory]
    [InlineData("plain-id", "\"plain-id\"", true)]
    [InlineData("caf\u00e9", "\"caf\u00e9\"", true)]
    [InlineData("tab\there", "\"tab\\there\"", false)]
    [InlineData("a\\nb", "\"a\\nb\"", false)] // known: a backslash and an n; come: a line break
    [InlineData("plain-id", "\"plain-ID\"", false)]
    public void A_string_is_shared_only_where_its_text_is_the_same(string known, string json, bool isShared)
    {
        var source = Encoding.UTF8.GetBytes($$"""{"id":{{json}}}""");
        var reader = new Utf8JsonReader(source);
        reader.Read();
        reader.Read();
        var read = reader.ReadShared(known, source);
        Assert.Equal(JsonSerializer.Deserialize<string>(json), read);
        Assert.Equal(isShared, ReferenceEquals(known, read));
    }

    [Theory]
    [InlineData("""{"obfuscation":"aZ3"}""", true)]
    [InlineData("""{"obfuscation":""}""", true)]
    [InlineData("""{"obfuscation":"a","cost":"b"}""", false)]
    [InlineData("""{"cost":"b","obfuscation":"a"}""", false)]
    [InlineData("""{"obfuscation":"a","cost":{"b":1}}""", false)]
    [InlineData("""{"obfuscation_of_mine":"a"}""", false)]
    public void Only_padding_that_stands_alone_is_padding(string extra, bool isPadding) => Assert.Equal(isPadding, Extras.IsPadding(extra));
}
