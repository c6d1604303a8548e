namespace Muxi.Llm.Tests;

/// <summary>What is meant at the hub, and which files that is.</summary>
public sealed class HubFileTests
{
    [Theory]
    [InlineData("hf:org/repo/model.gguf", "org/repo", "model.gguf", "", "main")]
    [InlineData("HF:org/repo/a/b/model.gguf@v1.0", "org/repo", "a/b/model.gguf", "", "v1.0")]
    [InlineData("hf:org/repo:Q4_K_M", "org/repo", "", "Q4_K_M", "main")]
    [InlineData("hf:org/re.po-1_x:UD-Q4_K_XL@refs/pr/7", "org/re.po-1_x", "", "UD-Q4_K_XL", "refs/pr/7")]
    [InlineData("hf:org/repo/tokenizer.json@0123456789abcdef0123456789abcdef01234567", "org/repo", "tokenizer.json", "", "0123456789abcdef0123456789abcdef01234567")]
    public void A_text_names_a_repository_a_file_or_a_quantization_and_a_revision(string text, string repository, string name, string quantization, string revision)
    {
        Assert.True(HubFile.TryParse(text, out var file));
        Assert.Equal((repository, name, quantization, revision), (file.Repository, file.Name, file.Quantization, file.Revision));
        Assert.Equal(file, HubFile.Parse(file.ToString()));
    }

    [Theory]
    [InlineData("hf:")]
    [InlineData("hf:org")]
    [InlineData("hf:org/repo")]
    [InlineData("hf:org/repo:")]
    [InlineData("hf:org/repo:Q4:Q5")]
    [InlineData("hf:org/repo/")]
    [InlineData("hf:org/repo/..")]
    [InlineData("hf:org/repo/../../etc/passwd")]
    [InlineData("hf:org/repo/a//b")]
    [InlineData("hf:org/repo/a\\..\\b")]
    [InlineData("hf:org/repo/c:evil")]
    [InlineData("hf:../repo/file")]
    [InlineData("hf:org/../file")]
    [InlineData("hf:org--x/repo/file")]
    [InlineData("hf:org/repo/file@")]
    [InlineData("hf:org/repo/file@../../x")]
    [InlineData("hf:org/repo/file\0")]
    public void What_would_lead_elsewhere_or_says_too_little_is_refused_in_one_line(string text)
    {
        Assert.False(HubFile.TryParse(text, out _));
        var refused = Assert.Throws<ConfigurationException>(() => HubFile.Parse(text));
        Assert.Contains("write hf:ORG/REPO/FILE or hf:ORG/REPO:QUANTIZATION", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_name_is_none() => Assert.False(HubFile.TryParse("hf/org/repo", out _));

    [Theory]
    [InlineData("Q4_K_M", "m-Q4_K_M.gguf")]
    [InlineData("q4_k_m", "m-Q4_K_M.gguf")]
    [InlineData("Q8_0", "big/m.Q8_0-00001-of-00002.gguf,big/m.Q8_0-00002-of-00002.gguf")]
    [InlineData("F16", "m-F16.gguf")]
    [InlineData("Q4_K_XL", "m-UD-Q4_K_XL.gguf")]
    [InlineData("UD-Q4_K_XL", "m-UD-Q4_K_XL.gguf")]
    [InlineData("Q5_K_M", "m-Q5_K_M.gguf")]
    [InlineData("UD-Q5_K_M", "m-UD-Q5_K_M.gguf")]
    [InlineData("K_M", "")]
    [InlineData("XS", "")]
    public void A_quantization_picks_its_file_or_all_its_parts(string quantization, string picked)
    {
        string[] names =
        [
            "README.md", "m-Q4_K_M.gguf", "m-BF16.gguf", "m-F16.gguf", "big/m.Q8_0-00002-of-00002.gguf", "big/m.Q8_0-00001-of-00002.gguf", "mmproj-m-F16.gguf", "m-UD-Q4_K_XL.gguf", "m-IQ4XS.gguf",
            "m-Q5_K_M.gguf", "m-UD-Q5_K_M.gguf", "m-Q4_K_M.gguf.md", "../Q4_K_M.gguf",
        ];
        // The whole word must match: "K_M" ends several, and behind a low line it is taken for one.
        if (quantization == "K_M")
        {
            Assert.Throws<ConfigurationException>(() => HubFile.Parse("hf:org/repo:K_M").In(names));
            return;
        }
        Assert.Equal(picked.Split(',', StringSplitOptions.RemoveEmptyEntries), HubFile.Parse($"hf:org/repo:{quantization}").In(names));
    }

    [Fact]
    public void A_quantization_of_two_models_is_refused_with_their_names()
    {
        var refused = Assert.Throws<ConfigurationException>(() => HubFile.Parse("hf:org/repo:Q4_0").In(["b-Q4_0.gguf", "a-Q4_0.gguf"]));

        Assert.Equal("'hf:org/repo:Q4_0' may be a-Q4_0.gguf or b-Q4_0.gguf: name one of them", refused.Message);
    }

    [Fact]
    public void A_part_means_all_parts_and_one_that_is_missing_is_told()
    {
        var file = HubFile.Parse("hf:org/repo/m-00002-of-00003.gguf");

        Assert.Equal(["m-00001-of-00003.gguf", "m-00002-of-00003.gguf", "m-00003-of-00003.gguf"], file.In(["m-00003-of-00003.gguf", "m-00001-of-00003.gguf", "m-00002-of-00003.gguf"]));
        Assert.Contains("m-00003-of-00003.gguf is missing", Assert.Throws<ConfigurationException>(() => file.In(["m-00001-of-00003.gguf", "m-00002-of-00003.gguf"])).Message, StringComparison.Ordinal);
    }
}
